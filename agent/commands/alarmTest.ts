/** `hazgate alarm test`: what the alarms of a site file would do with given values, or with what the journal recorded. */

import { suggester } from "../../config/faults/didYouMean.ts";
import { readSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Site } from "../../config/site.ts";
import type { Word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { checkIoFor } from "../checkIo.ts";
import { recordedValues } from "./alarmTestRecorded.ts";
import { runValues } from "./alarmTestRun.ts";
import { answerJson, answerText } from "./alarmTestText.ts";
import { type ListedValues, listedValues, type TypedValue, typedValue } from "./alarmTestValues.ts";
import { idleRules, wantedTags } from "./alarmTestWanted.ts";
import { readOrNull } from "./configFile.ts";
import { tagPatterns } from "./exportPatterns.ts";
import { type SiteTime, siteTime } from "./exportTime.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface AlarmTestOptions {
  readonly config: string;
  /** Rules and tags to tell of; none: all. */
  readonly only: readonly string[];
  /** `TAG=VALUE@TIME` */
  readonly set: readonly string[];
  /** A file of values; null: none. */
  readonly from: string | null;
  /** What a journal recorded; null: nothing of that. */
  readonly recorded: {
    readonly dataDir: string;
    /** As people write moments. */
    readonly since: string;
    readonly until: string;
    /** Tags, `*` for any characters; none: all that is needed. */
    readonly points: readonly string[];
  } | null;
  /** How long the last values stay. */
  readonly forMs: number;
  readonly json: boolean;
  /** Nothing raised is a failure. */
  readonly expect: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly io: CommandIo;
}

interface Refusal {
  readonly text: Word;
  readonly code: number;
}

/** Longer tests are a slip of the pen. */
const lengthMsMax = 40 * 86_400_000;

/**
 * @returns 0 judged; 1 the site file is faulty, or `expect` saw no alarm; 2 the values or names are wrong; 5 the
 * journal cannot be read.
 */
export function alarmTest(options: AlarmTestOptions): number {
  const { config, io, clock } = options;
  const refuse = ({ text, code }: Refusal): number => {
    io.err(`${say(io.lang, text)}\n`);
    return code;
  };
  const text = readOrNull(config);
  if (text === null) return refuse(usage(`读不到文件 ${config}`, `cannot read ${config}`));
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  if (!read.ok) {
    io.err(renderFaults(read.error, { lang: io.lang, colour: io.colour, text }));
    return exitCode.problems;
  }
  const { site } = read.value;
  const time = siteTime(site.site.timezone, clock.now().wallMs);
  const given = givenValues(options, site, time);
  if (!given.ok) return refuse(given.error);
  const { values, startWallMs, isRecorded } = given.value;
  const unknown = unknownName(site, { values, only: options.only, isRecorded });
  if (unknown !== null) return refuse({ text: unknown, code: exitCode.usage });
  const lengthMs = (values.at(-1)?.atMs ?? 0) + options.forMs;
  if (lengthMs > lengthMsMax) return refuse(usage("时间太长", "this is too long a time"));
  const { events, unjudged } = runValues({
    ...{ site, values, isRecorded, forMs: options.forMs },
    ...{ startWallMs: startWallMs ?? clock.now().wallMs, clock, random: options.random },
  });
  const names = new Set(options.only.flatMap((name) => [name, `rule/${name}`]));
  const isTold = (source: string): boolean => names.size === 0 || names.has(source);
  const idle = idleRules(site, values);
  const answer = {
    told: events.filter(
      ({ event: { source, type } }) =>
        isTold(source) && !(type === "FAULT" && idle.partly.has(source)),
    ),
    unjudged: unjudged.filter(
      ({ source }) => isTold(source) && (names.size > 0 || !idle.wholly.has(source)),
    ),
    ...{ values: values.length, lengthMs },
    timeOf: (atMs: number) =>
      startWallMs === null ? `+${atMs / 1_000}s` : time.iso(startWallMs + atMs).slice(0, 19),
  };
  io.out(options.json ? answerJson(answer) : answerText(answer, io));
  const isRaised = answer.told.some(
    ({ event: { event, stateAfter } }) => event !== "return" && stateAfter === "unacked",
  );
  return options.expect && !isRaised ? exitCode.problems : exitCode.well;
}

function usage(zh: string, en: string): Refusal {
  return { text: { zh, en }, code: exitCode.usage };
}

interface Given extends ListedValues {
  readonly isRecorded: boolean;
}

function givenValues(
  options: AlarmTestOptions,
  site: Site,
  time: SiteTime,
): Result<Given, Refusal> {
  const { set, from, recorded } = options;
  if (recorded !== null) {
    if (set.length === 0 && from === null) return fromJournal(options, site, time);
    return fail(usage("--data 不能与 --set、--from 同用", "--data goes without --set and --from"));
  }
  const typed: TypedValue[] = [];
  for (const word of set) {
    const value = typedValue(word);
    if (!value.ok) return fail({ text: value.error, code: exitCode.usage });
    typed.push(value.value);
  }
  const listed = from === null ? null : fromFile(from, time);
  if (listed?.ok === false) return listed;
  const values = [...typed, ...(listed?.value.values ?? [])].sort((a, b) => a.atMs - b.atMs);
  const startWallMs = listed?.value.startWallMs ?? null;
  if (values.length > 0) return ok({ values, startWallMs, isRecorded: false });
  return fail(
    usage(
      "没有数值: 用 --set 位号=数值@时间、--from values.csv 或 --data 数据目录",
      "no values: give --set TAG=VALUE@TIME, --from values.csv or --data DIR",
    ),
  );
}

function fromFile(file: string, time: SiteTime): Result<ListedValues, Refusal> {
  const text = readOrNull(file);
  if (text === null) return fail(usage(`读不到文件 ${file}`, `cannot read ${file}`));
  const listed = listedValues(text, time);
  if (listed.ok) return listed;
  return fail(usage(`${file}: ${listed.error.zh}`, `${file}: ${listed.error.en}`));
}

function fromJournal(
  { recorded, only }: AlarmTestOptions,
  site: Site,
  time: SiteTime,
): Result<Given, Refusal> {
  const { dataDir = "", since = "", until = "", points = [] } = recorded ?? {};
  const [from, to] = [time.moment(since), time.moment(until)];
  if (!from.ok || !to.ok || from.value >= to.value) {
    const words = `--since ${since} --until ${until}`;
    return fail(
      usage(
        `${words}: 需要时刻，如 -1d、2026-11-24T08:00，且先后有序`,
        `${words}: must be moments, e.g. -1d or 2026-11-24T08:00, one after the other`,
      ),
    );
  }
  const patterns = tagPatterns(points);
  const unfit = patterns.unfit(new Set(Object.keys(site.points)));
  if (unfit !== null) {
    const { pattern, nearest } = unfit;
    return fail({ text: unknownText(pattern, nearest), code: exitCode.usage });
  }
  const wanted = wantedTags(site, only);
  const read = recordedValues({
    ...{ dataDir, fromWallMs: from.value, toWallMs: to.value },
    isWanted: (tag) => wanted.has(tag) && patterns.fits(tag),
  });
  if (!read.ok) return read;
  const startWallMs = read.value.values[0]?.atMs ?? null;
  if (startWallMs === null) {
    return fail(
      usage("这段时间没有所需测点的读数", "no readings of these points were recorded then"),
    );
  }
  const values = read.value.values.map((one) => ({ ...one, atMs: one.atMs - startWallMs }));
  return ok({ values, startWallMs, isRecorded: true });
}

function unknownName(
  site: Site,
  given: {
    readonly values: readonly TypedValue[];
    readonly only: readonly string[];
    readonly isRecorded: boolean;
  },
): Word | null {
  const { values, only, isRecorded } = given;
  const tags = Object.keys(site.points);
  const known = [...tags, ...Object.keys(site.alarms.rules)];
  const isTag = (name: string): boolean => Object.hasOwn(site.points, name);
  const tag = isRecorded ? undefined : values.find((value) => !isTag(value.tag))?.tag;
  const name = tag ?? only.find((one) => !known.includes(one));
  if (name === undefined) return null;
  return unknownText(name, suggester(tag === undefined ? known : tags)(name));
}

function unknownText(name: string, near: string | null): Word {
  return {
    zh: `站点文件中没有 "${name}"${near === null ? "" : `；是否指 "${near}"?`}`,
    en: `the site file has no "${name}"${near === null ? "" : `; did you mean "${near}"?`}`,
  };
}
