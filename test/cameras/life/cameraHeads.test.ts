import { expect, test } from "vitest";
import type { StandingAlarm } from "../../../agent/alarmRecords.ts";
import { createAlarmDesk } from "../../../agent/alarms/alarmDesk.ts";
import { termsOf } from "../../../agent/alarms/terms.ts";
import { cameraHeads } from "../../../agent/cameraHeads.ts";
import { plantNames } from "../../../agent/plantNames.ts";
import { loadSite } from "../../../config/load.ts";
import { exampleText } from "../../config/exampleSite.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";

function site() {
  const loaded = loadSite({ file: "tankFarm.yaml", text: exampleText("tankFarm") });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value.site;
}

test("a camera's alarm belongs to the first tank it sees, or to the tank of its point, and bears its name", () => {
  const whole = site();
  const [first] = cameraHeads(whole);
  expect(first).toMatchObject({
    ...{ source: "camera/CAM-1", type: "CAMERA", tank: "V-101", hazard: "HZ-1", priority: 3 },
  });
  const camera = whole.cameras["CAM-1"];
  if (camera === undefined) throw new Error("no camera");
  const byPoint = { ...camera, tanks: [], points: ["GT-104A"] };
  expect(cameraHeads({ ...whole, cameras: { c: byPoint } })[0]?.tank).toBe("V-104");
  expect(plantNames(whole).nameOf("camera/CAM-1")).toBe("芳烃罐组");
});

test("the standing alarm of a camera that the site file has no more is retired, another one's stays", () => {
  const clock = new FakeClock();
  const whole = site();
  const standing = ["camera/CAM-1", "camera/GONE"].map((source, i): StandingAlarm => {
    return { alarmId: `A${i}`, source, type: "CAMERA", priority: 3, since: clock.now() };
  });
  const desk = createAlarmDesk({
    ...{ heads: cameraHeads(whole), rules: [], standing, now: clock.now() },
    termsOf: (alarm) => termsOf(whole.alarms.lifeCycle, alarm),
    newAlarmId: () => "new",
    onFlood: () => {},
  });
  const events = desk.reconcile(clock.now());
  expect(events.map(({ source, event }) => [source, event])).toEqual([["camera/GONE", "return"]]);
  expect([...desk.standing.values()].map(({ source }) => source)).toEqual(["camera/CAM-1"]);
});
