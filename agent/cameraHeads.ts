/** The alarms that cameras can have: one each, whose reason names the worst fault. Pure. */

import type { Camera, Site } from "../config/site.ts";
import type { AlarmHead, ConditionChange } from "./alarmRecords.ts";
import type { CameraHealth } from "./cameras/cameraHealth.ts";

const prefix = "camera/";

/** The camera's alarm belongs to the first tank that it sees, by itself or by its points. */
export function cameraHead(site: Site, id: string, camera: Camera): AlarmHead {
  const tank = camera.tanks[0] ?? tankOfPoint(site, camera.points);
  return {
    source: `${prefix}${id}`,
    type: "CAMERA",
    tank,
    hazard: tank === null ? null : (site.tanks[tank]?.hazard ?? null),
    unit: "",
    limit: null,
    priority: camera.priority,
  };
}

export function cameraHeads(site: Site): readonly AlarmHead[] {
  return Object.entries(site.cameras).map(([id, camera]) => cameraHead(site, id, camera));
}

/** The id of the camera an alarm is about; null: it is about something else. */
export function cameraOf(source: string): string | null {
  return source.startsWith(prefix) ? source.slice(prefix.length) : null;
}

export function cameraCondition(
  head: AlarmHead,
  { faults, reason, since: at }: CameraHealth,
  isWorse: boolean,
): ConditionChange {
  const isStanding = faults.length > 0;
  return { ...head, isStanding, value: null, quality: "good", reason, isWorse, at };
}

function tankOfPoint(site: Site, points: readonly string[]): string | null {
  const found = Object.entries(site.tanks).find(([, tank]) =>
    tank.points.some((point) => points.includes(point)),
  );
  return found?.[0] ?? null;
}
