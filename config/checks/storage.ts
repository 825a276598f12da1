/** Keeping and time: what the law asks for, what fits on the disk, and a time zone that exists. Pure. */

import { error, type Finding, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

const dayMs = 86_400_000;
/** Records of major hazard sources are to be kept for 30 days at least. */
const keepDaysMin = 30;
const sizeBytesMin = 64 * 1024 ** 2;
const sizeBytesMax = 1024 ** 4;
/** Upper estimate: quiet tank data takes 0.4 bytes a reading. */
const bytesPerReading = 0.5;

/** Bytes a reading takes in the journal, measured by `npm run bench` with tank data: sealed every 5 s while live ... */
const liveBytes = 0.8;
/** ... and every 60 s while the uplink is down; */
const backlogBytes = 0.4;
/** without declared decimals, when all digits of a float change. */
const floatBytes = 6.6;
/** Of the size limit the write-ahead log takes this, and a reserve for alarms the share. */
const logBytes = 8 * 1024 ** 2;
const reserveShare = 0.05;

export interface StorageDays {
  readonly readingsPerDay: number;
  /** How long an outage may last before readings are thinned. Infinite: nothing is read. */
  readonly outageDays: number;
  /** How much history there is on site while all is delivered, as far as the size goes. */
  readonly historyDays: number;
}

/** How many days of readings `journal.maxSize` holds for this site. What a deadband saves is not counted on. */
export function storageDays({ journal, points }: Pick<Site, "journal" | "points">): StorageDays {
  const room = Math.max(0, journal.maxSize - logBytes) * (1 - reserveShare);
  const day = { readings: 0, live: 0, backlog: 0 };
  for (const { every, report, decimals } of Object.values(points)) {
    const readings = dayMs / Math.max(every, report?.min ?? 0, 1);
    day.readings += readings;
    day.live += readings * (decimals === undefined ? floatBytes : liveBytes);
    day.backlog += readings * (decimals === undefined ? floatBytes : backlogBytes);
  }
  return {
    readingsPerDay: day.readings,
    outageDays: room / day.backlog,
    historyDays: room / day.live,
  };
}

export function storageFindings(site: Site): readonly Finding[] {
  return [...keepFindings(site), ...sizeFindings(site), ...zoneFindings(site)];
}

function keepFindings({ journal }: Site): readonly Finding[] {
  const names = ["keepReadings", "keepAlarms"] as const;
  return names.flatMap((name) => {
    const days = journal[name] / dayMs;
    if (days >= keepDaysMin) return [];
    return [
      warning({
        code: "W144",
        path: ["journal", name],
        zh: `${name} 只有 ${round(days)} 天: 重大危险源的记录应至少保存 ${keepDaysMin} 天`,
        en: `${name} is only ${round(days)} days: records of major hazard sources are to be kept for at least ${keepDaysMin}`,
        fixZh: `例如 ${name}: 90d`,
        fixEn: `e.g. ${name}: 90d`,
      }),
    ];
  });
}

function sizeFindings({ journal, points }: Site): readonly Finding[] {
  const path = ["journal", "maxSize"];
  const { maxSize } = journal;
  if (maxSize < sizeBytesMin || maxSize > sizeBytesMax) {
    const words = {
      path,
      zh: `日志库上限 ${sizeText(maxSize)} 不合理`,
      en: `a journal of ${sizeText(maxSize)} makes no sense`,
      fixZh: "写 64MiB 到 1TiB 之间的值, 例如 8GiB",
      fixEn: "write 64MiB to 1TiB, e.g. 8GiB",
    };
    return [
      maxSize < sizeBytesMin
        ? error({ code: "E145", ...words })
        : warning({ code: "W145", ...words }),
    ];
  }
  const perDay = Object.values(points).reduce(
    (sum, { every, report }) => sum + dayMs / Math.max(every, report?.min ?? 0, 1),
    0,
  );
  const needed = perDay * (journal.keepReadings / dayMs) * bytesPerReading;
  if (needed <= maxSize) return [];
  const days = maxSize / (perDay * bytesPerReading);
  return [
    warning({
      code: "W146",
      path,
      zh: `${sizeText(maxSize)} 约够 ${round(days)} 天的记录, 少于 keepReadings: 最旧的会先删除`,
      en: `${sizeText(maxSize)} holds about ${round(days)} days of readings, less than keepReadings: the oldest will go first`,
      fixZh: `加大到约 ${sizeText(needed)}, 或用 report 减少记录`,
      fixEn: `raise it to about ${sizeText(needed)}, or thin the records with \`report\``,
    }),
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}

function sizeText(bytes: number): string {
  const units = ["TiB", "GiB", "MiB", "KiB"];
  const index = units.findIndex((_, i) => bytes >= 1024 ** (4 - i));
  return index === -1 ? `${bytes} B` : `${round(bytes / 1024 ** (4 - index))} ${units[index]}`;
}

function zoneFindings({ site }: Site): readonly Finding[] {
  if (isTimeZone(site.timezone)) return [];
  return [
    error({
      code: "E144",
      path: ["site", "timezone"],
      zh: `没有时区 "${site.timezone}"`,
      en: `there is no time zone "${site.timezone}"`,
      fixZh: "中国写 Asia/Shanghai",
      fixEn: "e.g. Asia/Shanghai",
    }),
  ];
}

/** The runtime's own list lacks aliases, so it is asked by trying. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
