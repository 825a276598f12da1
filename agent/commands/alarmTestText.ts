/** What `hazgate alarm test` answers: lines for people, or one line of JSON (pure). */

import { priorityWords, reasonText, typeWords, verbWords } from "../../config/words/alarmWords.ts";
import type { Quality } from "../../config/words/quality.ts";
import { qualityWords } from "../../config/words/qualityWords.ts";
import type { Unjudged } from "../evaluate/rules/ruleBench.ts";
import type { Told } from "./alarmTestRun.ts";
import { type CommandIo, say } from "./io.ts";

export interface Answer {
  readonly told: readonly Told[];
  readonly unjudged: readonly Unjudged[];
  /** Values judged, and from the first to the last of them. */
  readonly values: number;
  readonly lengthMs: number;
  /** A moment of the test as people read it. */
  readonly timeOf: (atMs: number) => string;
}

export function answerText(answer: Answer, { lang }: Pick<CommandIo, "lang">): string {
  const { told, unjudged } = answer;
  const lines = told.map((one) => `${answer.timeOf(one.atMs)}  ${eventText(one, lang)}\n`);
  if (told.length === 0) lines.push(say(lang, { zh: "没有报警\n", en: "no alarm\n" }));
  lines.push(...countLines(answer, lang));
  for (const { source, inputs } of unjudged) {
    const dead = inputs.join(", ");
    lines.push(
      say(lang, {
        zh: `${source} 最后无法判断: ${dead} 没有数值\n`,
        en: `${source} could not be judged at the end: no value from ${dead}\n`,
      }),
    );
  }
  return lines.join("");
}

function eventText({ event }: Told, lang: CommandIo["lang"]): string {
  const { type, source, value, limit, unit, quality, priority, stateAfter } = event;
  const against = limit === null ? "" : ` / ${limit}`;
  const words = [verbWords[event.event], typeWords[type], priorityWords[priority]];
  const [verb, kind, colour] = words.map((word) => word[lang]);
  const bad = qualityWords[quality as Quality]?.[lang] ?? quality;
  const seen = value === null ? bad : `${value}${against} ${unit}`;
  const held = say(lang, { zh: " [已抑制]", en: " [suppressed]" });
  const after = stateAfter === "suppressed" ? held : "";
  return `${verb}  ${source} ${kind}  ${colour}  ${seen}  ${reasonText(event, lang)}${after}`;
}

/** How often each alarm was raised: what an operator would have had to answer. */
function countLines(answer: Answer, lang: CommandIo["lang"]): string[] {
  const raised = answer.told.filter(({ event }) => event.event === "raise");
  if (raised.length < 2) return [];
  const counts = Map.groupBy(
    raised,
    ({ event }) => `${event.source} ${typeWords[event.type][lang]}`,
  );
  const each = [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, list]) => `${name} ${list.length}`);
  const hours = Number((answer.lengthMs / 3_600_000).toPrecision(2));
  return [
    say(lang, {
      zh: `${hours} 小时、${answer.values} 个数值: 报警 ${raised.length} 次 (${each.join(", ")})\n`,
      en: `${answer.values} values over ${hours} h: raised ${raised.length} times (${each.join(", ")})\n`,
    }),
  ];
}

export function answerJson(answer: Answer): string {
  const events = answer.told.map(({ atMs, event: { standing: _, at, ...event } }) => ({
    atMs,
    wallMs: at.wallMs,
    ...event,
  }));
  const { unjudged, values, lengthMs } = answer;
  return `${JSON.stringify({ v: 1, values, lengthMs, events, unjudged })}\n`;
}
