/**
 * All alarms of the box: conditions found, people's acts, rules and time go in, the transitions to be committed come
 * out. The state changes with the call, so transitions must be committed in the order in which they were given out;
 * when that fails the agent must end, and the next one goes on from what the journal has. No I/O.
 */

import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { word } from "../../config/words/bilingual.ts";
import type { Instant } from "../../config/words/time.ts";
import type {
  Act,
  AlarmEvent,
  AlarmHead,
  ConditionChange,
  Hold,
  StandingAlarm,
  SuppressionChange,
} from "../alarmRecords.ts";
import type { BoxEvent } from "../records.ts";
import { keyOf, type LivingAlarm } from "./alarm.ts";
import { eventOf, retired } from "./describe.ts";
import { type Flood, FloodWatch } from "./floodWatch.ts";
import { type AlarmInput, type AlarmTerms, rulesOf, transition } from "./lifeCycle.ts";
import { NuisanceWatch, staleOf } from "./nuisanceWatch.ts";
import { type Refused, refusals } from "./refusals.ts";
import { restored } from "./restore.ts";

export interface ActOnAlarms {
  readonly do: "ack" | "handle" | "reset" | "shelve" | "unshelve" | "out-of-service" | "in-service";
  readonly alarms: readonly { readonly source: string; readonly type: AlarmType }[];
  /** A named person. */
  readonly by: string;
  readonly reason: string;
  readonly note: string;
  /** For `shelve` and `out-of-service`. */
  readonly forMs?: number;
  readonly at: Instant;
}

export interface ActedOn {
  readonly events: readonly AlarmEvent[];
  /** Keys. */
  readonly done: readonly string[];
  readonly refused: readonly (Refused & { readonly key: string })[];
}

export interface AlarmDesk {
  /** What evaluation found; also of alarms that are not in `heads`. */
  conditions(changes: readonly ConditionChange[]): readonly AlarmEvent[];
  /** What the rules hold back. Of an alarm that is not in `heads`: nothing. */
  suppressions(changes: readonly SuppressionChange[]): readonly AlarmEvent[];
  act(request: ActOnAlarms): ActedOn;
  /** What time alone does; to be called each second. */
  tick(now: Instant): readonly AlarmEvent[];
  /** What the site file changed since the last life of the agent; once, before anything else. */
  reconcile(now: Instant): readonly AlarmEvent[];
  /** All that is not normal, by key, ahead of the journal by what is not yet committed. */
  readonly standing: ReadonlyMap<string, LivingAlarm>;
  /** How the alarms as a whole are. Keys as in `standing`. */
  judgement(now: Instant): Judgement;
}

export interface Judgement {
  readonly flood: Flood;
  readonly chattering: ReadonlySet<string>;
  readonly stale: ReadonlySet<string>;
}

export interface AlarmDeskOptions {
  /** Every alarm that this site can have. */
  readonly heads: readonly AlarmHead[];
  /** Rules of the site file that suppress. */
  readonly rules: readonly string[];
  /**
   * Whether a rule, as the site file has it now, holds this alarm back: a rule that no longer names an alarm will
   * never let go of it. Absent: each of `rules` may hold any.
   */
  readonly holds?: (rule: string, alarm: Pick<AlarmHead, "source" | "type">) => boolean;
  readonly termsOf: (alarm: {
    readonly type: AlarmType;
    readonly priority: Priority;
  }) => AlarmTerms;
  /** What the journal kept. */
  readonly standing: readonly StandingAlarm[];
  readonly now: Instant;
  /** Never the same twice. */
  readonly newAlarmId: (at: Instant) => string;
  /** A flood of alarms has begun or ended. */
  readonly onFlood: (event: BoxEvent) => void;
}

const ruleGone = word(
  "站点文件中已无此规则，或规则不再包含此报警",
  "the site file no longer has this rule, or not for this alarm",
);
const priorityRaised = word("站点文件提高了优先级", "the site file gives it a higher priority");

/** Two holds may end together, and people be called to what comes back. */
const dueAtOnceMax = 3;

export function createAlarmDesk(options: AlarmDeskOptions): AlarmDesk {
  const { termsOf, newAlarmId } = options;
  const heads = new Map(options.heads.map((head) => [keyOf(head), head]));
  const standing = new Map(
    options.standing.map((alarm) => {
      const key = keyOf(alarm);
      return [key, restored(alarm, { now: options.now, head: heads.get(key) })] as const;
    }),
  );

  /** Moves one alarm. Null: nothing changed. */
  const move = (head: AlarmHead, input: AlarmInput): AlarmEvent | Refused | null => {
    const key = keyOf(head);
    const alarm = standing.get(key) ?? null;
    const step = transition({ alarm, head, terms: termsOf(alarm ?? head), newAlarmId }, input);
    if (step.kind === "still") return null;
    if (step.kind === "refused") return step.why;
    if (step.next === null) standing.delete(key);
    else standing.set(key, step.next);
    return eventOf(alarm, { step, input });
  };

  const moveAll = (inputs: Iterable<readonly [AlarmHead, AlarmInput]>): readonly AlarmEvent[] => {
    const events: AlarmEvent[] = [];
    for (const [head, input] of inputs) {
      const moved = move(head, input);
      if (isEvent(moved)) events.push(moved);
    }
    return events;
  };

  const isHolding = (rule: string, alarm: LivingAlarm): boolean =>
    options.rules.includes(rule) && (options.holds?.(rule, alarm) ?? true);
  const floods = new FloodWatch();
  const nuisances = new NuisanceWatch();
  const tellFlood = (at: Instant): void => {
    const change = floods.change(at);
    if (change !== null) options.onFlood(change);
  };

  return {
    standing,
    judgement: (now) => ({
      flood: floods.flood,
      chattering: nuisances.chattering(now),
      stale: staleOf(standing.values(), now),
    }),
    conditions(changes) {
      if (changes.length === 0) return [];
      const events = moveAll(changes.map((change) => [change, { do: "condition", change }]));
      for (const event of events) {
        if (event.event !== "raise") continue;
        nuisances.raised(event);
        if (event.stateAfter === "unacked") floods.raised(event);
        tellFlood(event.at);
      }
      return events;
    },
    suppressions: (changes) =>
      moveAll(
        changes.flatMap((change) => {
          const head = heads.get(keyOf(change));
          return head === undefined ? [] : [[head, { do: "suppression", change }] as const];
        }),
      ),
    act(request) {
      const input = inputOf(request);
      const acted = request.alarms.map((named) => {
        const key = keyOf(named);
        const alarm = standing.get(key);
        const head = heads.get(key) ?? (alarm === undefined ? null : alarmHead(alarm));
        return { key, became: head === null ? refusals.unknown : move(head, input) };
      });
      return {
        events: acted.flatMap(({ became }) => (isEvent(became) ? [became] : [])),
        done: acted.flatMap(({ key, became }) => (isEvent(became) ? [key] : [])),
        refused: acted.flatMap(({ key, became }) =>
          became === null || isEvent(became) ? [] : [{ key, ...became }],
        ),
      };
    },
    tick(at) {
      tellFlood(at);
      const due = (alarm: LivingAlarm) =>
        Array<readonly [AlarmHead, AlarmInput]>(dueAtOnceMax).fill([
          alarmHead(alarm),
          { do: "time", at },
        ]);
      return moveAll([...standing.values()].flatMap(due));
    },
    reconcile(now) {
      const before = [...standing.values()];
      const gone = before.filter((alarm) => !heads.has(keyOf(alarm)));
      for (const alarm of gone) standing.delete(keyOf(alarm));
      const changes = before.flatMap((alarm): (readonly [AlarmHead, AlarmInput])[] => {
        const head = heads.get(keyOf(alarm));
        return head === undefined
          ? []
          : siteChanges(alarm, { head, holds: isHolding, now }).map((input) => [head, input]);
      });
      return [...gone.map((alarm) => retired(alarm, now)), ...moveAll(changes)];
    },
  };
}

function isEvent(became: AlarmEvent | Refused | null): became is AlarmEvent {
  return became !== null && "alarmId" in became;
}

function inputOf({ do: verb, by, reason, note, at, forMs = Number.NaN }: ActOnAlarms): AlarmInput {
  const act: Act = { by, reason, note, at };
  if (verb !== "shelve" && verb !== "out-of-service") return { do: verb, act };
  const hold: Hold = { ...act, forMs, untilWallMs: at.wallMs + forMs };
  return { do: verb, hold };
}

/** What an alarm of the last life must learn of the site file as it is now. */
function siteChanges(
  alarm: LivingAlarm,
  site: {
    readonly head: AlarmHead;
    readonly holds: (rule: string, alarm: LivingAlarm) => boolean;
    readonly now: Instant;
  },
): readonly AlarmInput[] {
  const { head, holds, now: at } = site;
  const { detail, source, type } = alarm;
  const inputs: AlarmInput[] = rulesOf(detail)
    .filter((rule) => !holds(rule, alarm))
    .map((rule) => {
      const reason = ruleGone;
      return { do: "suppression", change: { rule, source, type, isSuppressed: false, reason, at } };
    });
  if (detail.isActive && head.priority < alarm.priority) {
    const { value, quality } = detail;
    const reason = priorityRaised;
    const change = { ...head, isStanding: true, value, quality, reason, at };
    inputs.push({ do: "condition", change });
  }
  return inputs;
}

function alarmHead({ source, type, priority, detail }: LivingAlarm): AlarmHead {
  const { tank, hazard, unit, limit } = detail;
  return { source, type, priority, tank, hazard, unit, limit };
}
