/** Over a simulated plant only: says so, and lets an officer try what can go wrong. */

import "./scenarioBar.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ScenarioRequest, ScenarioView } from "../../protocol/scenes.ts";
import { post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { mayAct, welcome } from "../session.ts";
import { scenarioName, scenarioWords } from "../words/scenarios.ts";

/** Others may start and stop them too, on another page or at the command line. */
const everyMs = 3_000;

export function ScenarioBar(): VNode | null {
  if (welcome.value?.isSimulation !== true || !mayAct.value) return null;
  return <OpenBar />;
}

function OpenBar(): VNode {
  const { value, trouble, reload } = useLoaded<readonly ScenarioView[]>("/api/scenarios", everyMs);
  const [refused, setRefused] = useState<Trouble | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const turn = async ({ name, isRunning }: ScenarioView) => {
    setAsked(name);
    const request: ScenarioRequest = { name, do: isRunning ? "stop" : "start" };
    const answer = await post<readonly ScenarioView[]>("/api/scenarios", request);
    setAsked(null);
    setRefused(answer.ok ? null : answer.error);
    // What runs is what the box says, never what was tapped.
    reload();
  };
  const said = refused ?? trouble;
  return (
    <section class="scenarios no-print" aria-label={t(scenarioWords.simulated)}>
      <p class="scenarios-name" title={t(scenarioWords.notReal)}>
        {t(scenarioWords.simulated)}
      </p>
      <div class="scenarios-list">
        {value?.map((one) => (
          <Button
            key={one.name}
            isPressed={one.isRunning}
            isDisabled={asked === one.name}
            title={t(one)}
            onPress={() => void turn(one)}
          >
            <span aria-hidden="true">{one.isRunning ? "■" : "▶"}</span>
            {t(scenarioName(one.name))}
            {one.isRunning && <b> {t(scenarioWords.running)}</b>}
            <span class="hidden-text">
              {t(one.isRunning ? scenarioWords.stop : scenarioWords.start)}
            </span>
          </Button>
        ))}
      </div>
      {said !== null && <p role="status">{t(said)}</p>}
    </section>
  );
}
