/** Keeping and time: what the law asks for, what fits on the disk, and a time zone that exists. Pure. */

import { error, type Finding, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

const dayMs = 86_400_000;
/** Records of major hazard sources are to be kept for 30 days at least. */
const keepDaysMin = 30;
const sizeBytesMin = 64 * 1024 ** 2;
const sizeBytesMax = 1024 ** 4;
/** An outage of this long is to be held whole. */
const outageDaysMin = 30;

/**
 * Bytes a reading adds to a record, as `npm run bench` measures them with tank data, and some more: sealed every 5 s
 * while live, ...
 */
const liveBytes = 1;
/** ... every 60 s while the uplink is down; */
const backlogBytes = 0.5;
/** without declared decimals, when all digits of a float change. */
const floatBytes = 6.6;
/** A record takes this beside its readings: its identity and times; and, outside it, its row in two indexes. */
const recordBytes = 450;
const rowBytes = 200;
/** Readings one record holds at most. */
const recordReadingsMax = 30_000;
/** The file consists of pages: what is larger than half of one has its pages for itself. */
const pageBytes = 4_096;
/** Without an uplink, readings are sealed this often. */
const sealedAloneEveryMs = 60_000;
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
export function storageDays({
  journal,
  points,
  uplinks,
}: Pick<Site, "journal" | "points" | "uplinks">): StorageDays {
  const [uplink] = Object.values(uplinks);
  const room = Math.max(0, journal.maxSize - logBytes) * (1 - reserveShare);
  const day = { readings: 0, live: 0, backlog: 0 };
  for (const { every, report, decimals } of Object.values(points)) {
    const readings = dayMs / Math.max(every, report?.min ?? 0, 1);
    day.readings += readings;
    day.live += readings * (decimals === undefined ? floatBytes : liveBytes);
    day.backlog += readings * (decimals === undefined ? floatBytes : backlogBytes);
  }
  const days = (readingsBytes: number, everyMs: number): number => {
    const seals = Math.min(dayMs / Math.max(everyMs, 1), day.readings);
    const records = seals * Math.max(1, Math.ceil(day.readings / seals / recordReadingsMax));
    return room / (records * (onDisk(recordBytes + readingsBytes / records) + rowBytes));
  };
  const backlogEveryMs = uplink?.backlogEvery ?? sealedAloneEveryMs;
  if (day.readings === 0) {
    const never = Number.POSITIVE_INFINITY;
    return { readingsPerDay: 0, outageDays: never, historyDays: never };
  }
  return {
    readingsPerDay: day.readings,
    outageDays: days(day.backlog, backlogEveryMs),
    historyDays: days(day.live, uplink?.liveEvery ?? backlogEveryMs),
  };
}

/** Bytes of the file that a record of so many takes. */
function onDisk(bytes: number): number {
  if (bytes > pageBytes / 2) return Math.ceil(bytes / pageBytes) * pageBytes;
  return pageBytes / Math.floor(pageBytes / bytes);
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

function sizeFindings(site: Site): readonly Finding[] {
  const path = ["journal", "maxSize"];
  const { journal } = site;
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
  const { outageDays, historyDays } = storageDays(site);
  const keepDays = journal.keepReadings / dayMs;
  const findings: Finding[] = [];
  if (historyDays < keepDays) {
    const needed = sizeText((maxSize * keepDays) / historyDays);
    findings.push(
      warning({
        code: "W146",
        path,
        zh: `${sizeText(maxSize)} 约够 ${round(historyDays)} 天的记录, 少于 keepReadings: 最旧的会先删除`,
        en: `${sizeText(maxSize)} holds about ${round(historyDays)} days of readings, less than keepReadings: the oldest will go first`,
        fixZh: `加大到约 ${needed}, 给测点写 decimals, 或用 report 减少记录`,
        fixEn: `raise it to about ${needed}, give points their \`decimals\`, or thin the records with \`report\``,
      }),
    );
  }
  if (outageDays < outageDaysMin) {
    const needed = sizeText((maxSize * outageDaysMin) / outageDays);
    findings.push(
      warning({
        code: "W147",
        path,
        zh: `断网约 ${round(outageDays)} 天后开始抽稀未上传的读数, 应能保存 ${outageDaysMin} 天`,
        en: `readings not yet sent are thinned after about ${round(outageDays)} days without the network; ${outageDaysMin} should fit`,
        fixZh: `加大到约 ${needed}, 或给测点写 decimals`,
        fixEn: `raise it to about ${needed}, or give points their \`decimals\``,
      }),
    );
  }
  return findings;
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
