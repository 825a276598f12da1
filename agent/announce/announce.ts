/**
 * Announces alarms beyond the page. It only listens: nothing here touches the state of an alarm, and a target that is
 * slow, full or gone delays neither the others nor whoever hands an event over.
 */

import type { Priority } from "../../config/words/alarms.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { SelfTrouble, SiteHead, Target, ToldAlarm } from "./announcement.ts";
import { createDeliver } from "./deliver.ts";
import type { Post } from "./httpPost.ts";
import { Lane, type LaneStats } from "./lane.ts";
import type { RunCommand } from "./runCommand.ts";

/** What people call things; asked when an event is handed over. */
export interface AlarmFacts {
  /** Plant name of a point, device, bus or rule. */
  name(source: string): string | null;
  tankName(tank: string): string | null;
  /** What to do, by the site file. */
  advice(event: AlarmEvent): string | null;
  /** Decimals of a point's value. */
  decimals(source: string): number | null;
}

export interface AnnounceOptions {
  readonly targets: readonly Target[];
  readonly site: SiteHead;
  readonly facts: AlarmFacts;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly post: Post;
  readonly runCommand: RunCommand;
  readonly log: {
    info(what: string, detail?: Readonly<Record<string, unknown>>): void;
    warn(what: string, detail?: Readonly<Record<string, unknown>>): void;
  };
}

export interface Announce {
  /** One transition, as the journal has it or as it is told unstored. Returns at once; never throws. */
  take(event: AlarmEvent): void;
  /** A failure of the box itself, or its end: to every target, ahead of all alarms. */
  self(trouble: SelfTrouble): void;
  /** Tells one target that this is a test, once. Fails with one sentence. */
  test(id: string, signal: AbortSignal): Promise<Result<{ readonly tookMs: number }, string>>;
  stats(): readonly LaneStats[];
  /** Ends on abort, with nothing in flight; what still waits then is counted in the log. */
  run(signal: AbortSignal): Promise<void>;
}

export function createAnnounce(options: AnnounceOptions): Announce {
  const { site, clock, log, post, runCommand } = options;
  const deliver = createDeliver({ site, clock, post, runCommand });
  /** Sources whose trouble was told directly: the alarm that follows through the journal is not told twice. */
  const toldDirectly = new Set<string>();
  const lanes = options.targets.map(
    (target) =>
      new Lane(target, {
        clock,
        random: options.random,
        deliver,
        onTrouble({ id, kind }, why) {
          if (why === null) log.info("announcing works again", { source: id, kind });
          else log.warn("cannot announce", { source: id, kind, why });
        },
      }),
  );

  return {
    take(event) {
      if (isToldDirectly(event, toldDirectly)) return;
      const wanting = lanes.filter(({ target }) => wants(target, event));
      if (wanting.length === 0) return;
      const told = toldAlarm(event, options.facts);
      for (const lane of wanting) lane.take(told);
    },
    self(trouble) {
      toldDirectly.add(trouble.source);
      for (const lane of lanes) lane.self(trouble);
    },
    async test(id, signal) {
      const target = options.targets.find((one) => one.id === id);
      if (target === undefined) return fail(`there is no target ${id}`);
      const startMs = clock.monotonicMs();
      const outcome = await deliver(target, { kind: "test", at: clock.now() }, signal);
      if (outcome.kind !== "done") return fail(outcome.why);
      return ok({ tookMs: clock.monotonicMs() - startMs });
    },
    stats: () => lanes.map((lane) => lane.stats),
    async run(signal) {
      await Promise.all(lanes.map((lane) => lane.run(signal)));
      for (const { id, waiting, owed } of lanes.map((lane) => lane.stats)) {
        const untold = waiting + owed;
        if (untold > 0)
          log.warn("stopped with alarms that were not announced", { source: id, untold });
      }
    },
  };
}

function wants({ priorities, events }: Target, event: AlarmEvent): boolean {
  return priorities.includes(event.priority satisfies Priority) && events.includes(event.event);
}

function isToldDirectly(event: AlarmEvent, told: ReadonlySet<string>): boolean {
  const isEdge = event.event === "raise" || event.event === "return";
  return event.type === "SELF" && isEdge && told.has(event.source);
}

function toldAlarm(event: AlarmEvent, facts: AlarmFacts): ToldAlarm {
  const { standing: _, ...record } = event;
  return {
    event: record,
    name: facts.name(event.source),
    tankName: event.tank === null ? null : facts.tankName(event.tank),
    advice: facts.advice(event),
    decimals: facts.decimals(event.source),
  };
}
