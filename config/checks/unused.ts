/** Things that are described but never used: mostly something forgotten. Pure. */

import { type Finding, type Path, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

export function unusedFindings(site: Site): readonly Finding[] {
  const usedBuses = new Set(Object.values(site.devices).map((device) => device.bus));
  const usedDevices = new Set(Object.values(site.points).map((point) => point.device));
  const usedHazards = new Set(Object.values(site.tanks).map((tank) => tank.hazard));
  return [
    ...nothingToWatch(site),
    ...Object.keys(site.buses)
      .filter((id) => !usedBuses.has(id))
      .map((id) => unused(["buses", id], `总线 "${id}" 上没有设备`, `bus "${id}" has no device`)),
    ...Object.keys(site.devices)
      .filter((id) => !usedDevices.has(id))
      .map((id) =>
        unused(
          ["devices", id],
          `设备 "${id}" 没有测点, 不会被轮询`,
          `device "${id}" has no point and will never be asked`,
        ),
      ),
    ...site.site.hazards.flatMap(({ id }, index) =>
      usedHazards.has(id)
        ? []
        : [
            unused(
              ["site", "hazards", index],
              `危险源 "${id}" 没有储罐`,
              `hazard source "${id}" has no tank`,
            ),
          ],
    ),
    ...homelessPoints(site),
  ];
}

function unused(path: Path, zh: string, en: string): Finding {
  return warning({
    code: "W171",
    path,
    atKey: true,
    zh,
    en,
    fixZh: "补上, 或删除这一项",
    fixEn: "complete it, or delete it",
  });
}

function nothingToWatch(site: Site): readonly Finding[] {
  if (Object.keys(site.points).length > 0) return [];
  return [
    warning({
      code: "W172",
      path: ["points"],
      atKey: true,
      zh: "没有测点: 什么也不会被监测",
      en: "there is no point: nothing will be watched",
    }),
  ];
}

/** Measures of a vessel whose alarms would name no tank. One finding for all of them. */
function homelessPoints(site: Site): readonly Finding[] {
  const tanks = Object.values(site.tanks);
  if (tanks.length === 0) return [];
  const listed = new Set(tanks.flatMap((tank) => tank.points));
  const homeless = Object.entries(site.points)
    .filter(([id, { kind }]) => kind === "level" && !listed.has(id))
    .map(([id]) => id);
  const [first] = homeless;
  if (first === undefined) return [];
  const some = homeless.slice(0, 5).join(", ") + (homeless.length > 5 ? " ..." : "");
  return [
    warning({
      code: "W173",
      path: ["points", first],
      atKey: true,
      zh: `${homeless.length} 个液位测点不属于任何储罐: ${some}`,
      en: `${homeless.length} level point(s) belong to no tank: ${some}`,
      fixZh: "列入所属储罐的 points, 报警才会带罐名",
      fixEn: "list them in `points` of their tank, so that alarms name it",
    }),
  ];
}
