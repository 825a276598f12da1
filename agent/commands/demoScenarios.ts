/** The troubles a newcomer can try in the demo: those of the simulated plant, and a failed broker. */

import type { Plant } from "../sim/plant/plant.ts";
import type { Platform } from "../sim/platform/platform.ts";

export interface DemoScenario {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly isRunning: boolean;
}

export interface DemoScenarios {
  list(): readonly DemoScenario[];
  /** False: no scenario of that name. */
  start(name: string): Promise<boolean>;
  stop(name: string): Promise<boolean>;
}

export const brokerDown = "broker-down";

/** In this order on the page's bar: what an officer would want to see first. */
const shown = ["gas-leak", "overfill", "dead-slave", "frozen-sensor", "broken-loop", "line-down"];

export function demoScenarios(
  plant: Pick<Plant, "scenarios" | "active" | "start" | "stop">,
  platform: Pick<Platform, "outage">,
): DemoScenarios {
  let isBrokerDown = false;
  const known = shown.flatMap(
    (name) => plant.scenarios.find((scenario) => scenario.name === name) ?? [],
  );
  const isKnown = (name: string): boolean => known.some((scenario) => scenario.name === name);
  return {
    list() {
      const running = new Set(plant.active().map((one) => one.name));
      return [
        ...known.map(({ name, tells }) => ({ name, ...tells, isRunning: running.has(name) })),
        {
          name: brokerDown,
          zh: "平台的消息代理停机：本机继续报警和存储，恢复后自动补传",
          en: "the platform's broker fails: the box goes on alarming and storing, and sends it all afterwards",
          isRunning: isBrokerDown,
        },
      ];
    },
    async start(name) {
      if (name !== brokerDown) return isKnown(name) && plant.start(name).ok;
      isBrokerDown = true;
      await platform.outage?.begin();
      return true;
    },
    async stop(name) {
      if (name !== brokerDown) {
        if (isKnown(name)) plant.stop(name);
        return isKnown(name);
      }
      await platform.outage?.end();
      isBrokerDown = false;
      return true;
    },
  };
}
