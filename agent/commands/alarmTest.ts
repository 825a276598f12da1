/** `hazgate alarm test`: what the alarms of a site file would do with values that a person gives. */

import { suggester } from "../../config/faults/didYouMean.ts";
import { readSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Site } from "../../config/site.ts";
import { priorityWords, typeWords, verbWords } from "../../config/words/alarmWords.ts";
import type { Word } from "../../config/words/bilingual.ts";
import { qualityCode } from "../../config/words/quality.ts";
import type { Clock, Instant } from "../../config/words/time.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import { checkIoFor } from "../checkIo.ts";
import { openDesk, openEvaluator } from "../judging.ts";
import { type ListedPoint, listPoints } from "../pointList.ts";
import { createTransfers } from "../transfers.ts";
import { listedValues, type TypedValue, typedValue } from "./alarmTestValues.ts";
import { readOrNull } from "./configFile.ts";
import { siteTime } from "./exportTime.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface AlarmTestOptions {
  readonly config: string;
  /** Rules and tags to tell of; none: all. */
  readonly only: readonly string[];
  /** `TAG=VALUE@TIME` */
  readonly set: readonly string[];
  /** A file of values; null: none. */
  readonly from: string | null;
  /** How long the last values stay. */
  readonly forMs: number;
  readonly json: boolean;
  /** Nothing raised is a failure. */
  readonly expect: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly io: CommandIo;
}

/** More judgements than this are a slip of the pen. */
const stepsMax = 2_000_000;

/** @returns 0 judged, 1 the site file is faulty or `expect` saw no alarm, 2 the values or names are wrong. */
export function alarmTest(options: AlarmTestOptions): number {
  const { config, io } = options;
  const refuse = (text: Word): number => {
    io.err(`${say(io.lang, text)}\n`);
    return exitCode.usage;
  };
  const text = readOrNull(config);
  if (text === null) return refuse({ zh: `读不到文件 ${config}`, en: `cannot read ${config}` });
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  if (!read.ok) {
    io.err(renderFaults(read.error, { lang: io.lang, colour: io.colour, text }));
    return exitCode.problems;
  }
  const { site } = read.value;
  const given = givenValues(options, site);
  if ("zh" in given) return refuse(given);
  const unknown = unknownName(site, { values: given, only: options.only });
  if (unknown !== null) return refuse(unknown);
  const steps = stepsOf(site, given, options.forMs);
  if (steps === null) return refuse({ zh: "--for 太长", en: "--for is too long" });
  const { events, unjudged } = judgeAll(site, steps, options);
  const { only } = options;
  const names = new Set(only.flatMap((name) => [name, `rule/${name}`]));
  const told = events.filter(({ event }) => only.length === 0 || names.has(event.source));
  io.out(options.json ? jsonOf(told, unjudged) : textOf(told, unjudged, io));
  const isRaised = told.some(
    ({ event: { event, stateAfter } }) => event !== "return" && stateAfter === "unacked",
  );
  return options.expect && !isRaised ? exitCode.problems : exitCode.well;
}

function givenValues(options: AlarmTestOptions, site: Site): readonly TypedValue[] | Word {
  const { set, from, clock } = options;
  const values: TypedValue[] = [];
  for (const word of set) {
    const value = typedValue(word);
    if (!value.ok) return value.error;
    values.push(value.value);
  }
  if (from !== null) {
    const text = readOrNull(from);
    if (text === null) return { zh: `读不到文件 ${from}`, en: `cannot read ${from}` };
    const listed = listedValues(text, siteTime(site.site.timezone, clock.now().wallMs));
    if (!listed.ok) return { zh: `${from}: ${listed.error.zh}`, en: `${from}: ${listed.error.en}` };
    values.push(...listed.value);
  }
  if (values.length > 0) return values.sort((a, b) => a.atMs - b.atMs);
  return {
    zh: "没有数值: 用 --set 位号=数值@时间 或 --from values.csv",
    en: "no values: give --set TAG=VALUE@TIME or --from values.csv",
  };
}

function unknownName(
  site: Site,
  { values, only }: { readonly values: readonly TypedValue[]; readonly only: readonly string[] },
): Word | null {
  const tags = Object.keys(site.points);
  const known = [...tags, ...Object.keys(site.alarms.rules)];
  const isTag = (name: string): boolean => Object.hasOwn(site.points, name);
  const tag = values.find((value) => !isTag(value.tag))?.tag;
  const name = tag ?? only.find((one) => !known.includes(one));
  if (name === undefined) return null;
  const near = suggester(tag === undefined ? known : tags)(name);
  return {
    zh: `站点文件中没有 "${name}"${near === null ? "" : `；是否指 "${near}"?`}`,
    en: `the site file has no "${name}"${near === null ? "" : `; did you mean "${near}"?`}`,
  };
}

/** The values, and after the last one each point again at its own period. Null: too many. */
function stepsOf(site: Site, values: readonly TypedValue[], forMs: number): TypedValue[] | null {
  const endMs = (values.at(-1)?.atMs ?? 0) + forMs;
  const steps = [...values];
  for (const last of new Map(values.map((value) => [value.tag, value])).values()) {
    const every = Math.max(1, site.points[last.tag]?.every ?? 1_000);
    if (steps.length + (endMs - last.atMs) / every > stepsMax) return null;
    if (forMs === 0) continue;
    for (let at = last.atMs + every; at <= endMs; at += every) steps.push({ ...last, atMs: at });
  }
  return steps.sort((a, b) => a.atMs - b.atMs);
}

interface Told {
  readonly atMs: number;
  readonly event: AlarmEvent;
}

function judgeAll(site: Site, steps: readonly TypedValue[], options: AlarmTestOptions) {
  const startMs = options.clock.now().wallMs;
  let nowMs = 0;
  const now = (): Instant => ({
    wallMs: wallMs(startMs + nowMs),
    monotonicMs: monotonicMs(nowMs),
  });
  // Time is that of the values.
  const clock: Clock = { ...options.clock, now, monotonicMs: () => now().monotonicMs };
  const list = listPoints(site);
  const points = new Map<string, ListedPoint>(list.points.map((point) => [point.id, point]));
  const transfers = createTransfers(clock);
  const evaluator = openEvaluator({ site, list, transfers, standing: [] });
  const { random } = options;
  const desk = openDesk({ site, clock, random, evaluator, standing: [], onFlood: () => {} });
  const events: Told[] = [];
  for (const step of steps) {
    const point = points.get(step.tag);
    if (point === undefined) continue;
    nowMs = step.atMs;
    const changes = evaluator.evaluate({
      takenAt: now(),
      points: Uint32Array.of(point.position),
      values: Float64Array.of(step.value),
      qualities: Uint8Array.of(step.quality ?? inRange(step.value, point.settings.range)),
    });
    const found = [
      ...desk.conditions(changes),
      ...desk.suppressions(evaluator.takeSuppressions()),
      ...desk.tick(now()),
    ];
    events.push(...found.map((event) => ({ atMs: step.atMs, event })));
  }
  return { events, unjudged: [...evaluator.unjudged] };
}

function inRange(value: number, range: readonly [number, number] | undefined): number {
  const [low, high] = range ?? [-Infinity, Infinity];
  if (value < low) return qualityCode["under-range"];
  return value > high ? qualityCode["over-range"] : qualityCode.good;
}

function textOf(told: readonly Told[], unjudged: readonly string[], { lang }: CommandIo): string {
  const held = say(lang, { zh: " [已抑制]", en: " [suppressed]" });
  const lines = told.map(({ atMs, event }) => {
    const { type, source, value, limit, unit, quality, priority } = event;
    const against = limit === null ? "" : ` / ${limit}`;
    const words = [verbWords[event.event], typeWords[type], priorityWords[priority]];
    const [verb, kind, colour] = words.map((word) => word[lang]);
    const seen = value === null ? quality : `${value}${against} ${unit}`;
    const after = event.stateAfter === "suppressed" ? held : "";
    return `+${atMs / 1_000}s  ${verb}  ${source} ${kind}  ${colour}  ${seen}  ${event.reason}${after}\n`;
  });
  if (told.length === 0) lines.push(say(lang, { zh: "没有报警\n", en: "no alarm\n" }));
  if (unjudged.length > 0) {
    const rules = unjudged.join(", ");
    lines.push(
      say(lang, {
        zh: `因缺少数值而无法判断的规则: ${rules}\n`,
        en: `rules that could not be judged for want of values: ${rules}\n`,
      }),
    );
  }
  return lines.join("");
}

function jsonOf(told: readonly Told[], unjudged: readonly string[]): string {
  const events = told.map(({ atMs, event: { standing: _, at: __, ...event } }) => ({
    atMs,
    ...event,
  }));
  return `${JSON.stringify({ v: 1, events, unjudged })}\n`;
}
