/** The simulated plant's values through the real evaluator and desk, with an injected clock: hours in seconds. */

import { tickAll } from "../../agent/alarming.ts";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { checkIoFor } from "../../agent/checkIo.ts";
import { openDesk, openEvaluator } from "../../agent/judging.ts";
import { listPoints } from "../../agent/pointList.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { createWorld, type World } from "../../agent/sim/plant/world.ts";
import { readSite } from "../../config/load.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

export interface PlantRig {
  readonly world: World;
  readonly events: readonly AlarmEvent[];
  /** Seconds of the agent's time, one after the other; the plant lives through `speed` times as many. */
  run(seconds: number): Promise<void>;
  /** A quality without a number in place of the point's values; null: its values again. */
  spoil(tag: string, quality: number | null): void;
  /** A number in place of the point's values. */
  fake(tag: string, value: number): void;
  /** What the line loop says of a device; a silent one stays silent until it answers again. */
  device(id: string, isAnswering: boolean): void;
  /** "raise LT-101 HH" */
  readonly told: readonly string[];
}

/** `change` edits the text of the plant's own site file. */
export function plantRig(
  seed: number,
  change: (text: string) => string = (text) => text,
  speed = 1,
): PlantRig {
  const text = siteFile(
    {
      tcp: [
        { id: "farm-tcp", host: "127.0.0.1", port: 15_020 },
        { id: "sphere-tcp", host: "127.0.0.1", port: 15_021 },
      ],
      serial: [{ id: "field-485", path: "/tmp/port", baud: 9600 }],
      gateways: [{ id: "yard-gw", host: "127.0.0.1", port: 15_022, baud: 19_200 }],
    },
    { uplinkUrl: "mqtt://127.0.0.1:1883", protocol: 5, ack: "platform", lang: "en", speed },
  );
  const read = readSite({ file: "site.yaml", text: change(text), io: checkIoFor("site.yaml") });
  if (!read.ok) throw new Error(JSON.stringify(read.error, null, 1));
  const { site } = read.value;
  const clock = new FakeClock();
  const world = createWorld({ seed });
  const list = listPoints(site);
  const evaluator = openEvaluator({
    ...{ site, list, standing: [] },
    transfers: { isDeclared: () => false },
  });
  const desk = openDesk({
    ...{ site, clock, evaluator, standing: [] },
    random: () => 0.5,
    onFlood: () => {},
  });
  const events: AlarmEvent[] = [];
  const spoilt = new Map<string, number>();
  const faked = new Map<string, number>();

  const seen = (tag: string, decimals: number): number => {
    const value = faked.get(tag) ?? world.shown(tag).value;
    return spoilt.has(tag) ? Number.NaN : Number(value.toFixed(decimals));
  };

  return {
    world,
    events,
    get told() {
      return events.map(({ event, source, type }) => `${event} ${source} ${type}`);
    },
    spoil(tag, quality) {
      if (quality === null) spoilt.delete(tag);
      else spoilt.set(tag, quality);
    },
    device(id, isAnswering) {
      const finding = isAnswering ? "within" : "beyond";
      events.push(...desk.conditions(evaluator.connection(id, finding, clock.now())));
    },
    fake: (tag, value) => void faked.set(tag, value),
    async run(seconds) {
      const nowS = world.state.timeS / speed;
      for (let s = nowS + 1; s <= nowS + seconds; s += 1) {
        world.advanceTo(s * speed);
        await clock.advance(1_000);
        const due = list.points.filter(({ settings }) => s % (settings.every / 1_000) === 0);
        const changes = evaluator.evaluate({
          takenAt: clock.now(),
          points: Uint32Array.from(due, ({ position }) => position),
          values: Float64Array.from(due, ({ id, settings }) => seen(id, settings.decimals ?? 1)),
          qualities: Uint8Array.from(due, ({ id }) => spoilt.get(id) ?? qualityCode.good),
        });
        events.push(
          ...desk.conditions(changes),
          ...desk.suppressions(evaluator.takeSuppressions()),
          ...tickAll({ evaluator, desk, at: clock.now() }),
        );
      }
    },
  };
}
