/** Names that must exist elsewhere in the file, and things that may belong to one owner only. Pure. */

import { suggester } from "../faults/didYouMean.ts";
import { error, type Finding, type Path } from "../faults/fault.ts";
import type { Site } from "../site.ts";

export function referenceFindings(site: Site): readonly Finding[] {
  const buses = lookup(Object.keys(site.buses), "总线", "bus");
  const devices = lookup(Object.keys(site.devices), "设备", "device");
  const points = lookup(Object.keys(site.points), "测点", "point");
  const tanks = lookup(Object.keys(site.tanks), "储罐", "tank");
  const hazards = lookup(
    site.site.hazards.map((hazard) => hazard.id),
    "危险源",
    "hazard source",
  );
  return [
    ...Object.entries(site.devices).flatMap(([id, { bus }]) => buses(bus, ["devices", id, "bus"])),
    ...Object.entries(site.points).flatMap(([id, { device }]) =>
      devices(device, ["points", id, "device"]),
    ),
    ...Object.entries(site.tanks).flatMap(([id, tank]) => [
      ...(tank.hazard === undefined ? [] : hazards(tank.hazard, ["tanks", id, "hazard"])),
      ...tank.points.flatMap((point, index) => points(point, ["tanks", id, "points", index])),
    ]),
    ...Object.entries(site.cameras).flatMap(([id, camera]) => [
      ...camera.tanks.flatMap((tank, index) => tanks(tank, ["cameras", id, "tanks", index])),
      ...camera.points.flatMap((point, index) => points(point, ["cameras", id, "points", index])),
    ]),
    ...pointsOfTwoTanks(site),
    ...hazardsTwice(site),
  ];
}

type Lookup = (name: string, path: Path) => readonly Finding[];

function lookup(known: readonly string[], zh: string, en: string): Lookup {
  const names = new Set(known);
  const suggest = suggester(known);
  return (name, path) => {
    if (names.has(name)) return [];
    const near = suggest(name);
    const finding = {
      code: "E101",
      path,
      zh: `没有名为 "${name}" 的${zh}`,
      en: `there is no ${en} "${name}"`,
    };
    if (near !== null) {
      return [
        error({ ...finding, fixZh: `您是否想写 "${near}"?`, fixEn: `did you mean "${near}"?` }),
      ];
    }
    const some = known.slice(0, 8).join(", ");
    const isMore = known.length > 8 ? " ..." : "";
    return [
      error({
        ...finding,
        fixZh: known.length === 0 ? `文件里还没有${zh}` : `已有: ${some}${isMore}`,
        fixEn: known.length === 0 ? `the file has no ${en} yet` : `there are: ${some}${isMore}`,
      }),
    ];
  };
}

/** An alarm names one tank: a point cannot belong to two, nor be listed twice. */
function pointsOfTwoTanks(site: Site): readonly Finding[] {
  const ownerOf = new Map<string, string>();
  return Object.entries(site.tanks).flatMap(([tank, { points }]) =>
    points.flatMap((point, index) => {
      const owner = ownerOf.get(point);
      ownerOf.set(point, owner ?? tank);
      if (owner === undefined) return [];
      return [
        error({
          code: "E106",
          path: ["tanks", tank, "points", index],
          zh: `测点 "${point}" 已属于储罐 "${owner}"`,
          en: `point "${point}" already belongs to tank "${owner}"`,
          fixZh: "一个测点只能属于一个储罐, 删除一处",
          fixEn: "a point belongs to one tank only; delete one of them",
        }),
      ];
    }),
  );
}

function hazardsTwice(site: Site): readonly Finding[] {
  const seen = new Set<string>();
  return site.site.hazards.flatMap(({ id }, index) => {
    const isTwice = seen.has(id);
    seen.add(id);
    return isTwice
      ? [
          error({
            code: "E107",
            path: ["site", "hazards", index, "id"],
            zh: `危险源 "${id}" 重复出现`,
            en: `hazard source "${id}" appears twice`,
            fixZh: "改名或删除一处",
            fixEn: "rename or delete one of them",
          }),
        ]
      : [];
  });
}
