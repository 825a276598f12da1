/** The sentence a reading lives by: decoded -> normalise -> evaluate -> alarms -> report -> commit -> announce. */

import type { DeviceId } from "../config/words/names.ts";
import type { Instant } from "../config/words/time.ts";
import type { AnswerSink } from "./acquire/lineLoop.ts";
import type { AlarmEvent } from "./alarmRecords.ts";
import type { AlarmDesk } from "./alarms/alarmDesk.ts";
import type { Announcer } from "./announcer.ts";
import type { Finding } from "./evaluate/condition.ts";
import type { Evaluator } from "./evaluate/evaluate.ts";
import type { Normaliser } from "./normalise/normalise.ts";
import type { ReportFilter } from "./normalise/reportFilter.ts";
import type { ReadingBlock } from "./records.ts";

/** What the pipeline needs of the journal. */
export interface PipelineJournal {
  /** Queues readings for the next commit. Never blocks. */
  append(block: ReadingBlock): void;
}

export interface Pipeline {
  /** The sink for the loop of one bus. */
  sinkOf(bus: string): AnswerSink;
  /** Commits transitions that no reading caused. */
  transitions(events: readonly AlarmEvent[]): void;
}

export function createPipeline(options: {
  /** By question key. */
  readonly normalisers: readonly Normaliser[];
  readonly evaluator: Evaluator;
  readonly desk: Pick<AlarmDesk, "conditions" | "suppressions">;
  readonly reportFilter: ReportFilter;
  readonly journal: PipelineJournal;
  readonly announcer: Announcer;
  /** Every reading, before report by exception. */
  readonly onReadings: (block: ReadingBlock) => void;
  /** A block was judged. */
  readonly onJudged?: () => void;
}): Pipeline {
  const { normalisers, evaluator, desk, reportFilter, journal, announcer } = options;

  const take = (block: ReadingBlock): void => {
    options.onReadings(block);
    const changes = evaluator.evaluate(block);
    const conditions = desk.conditions(changes);
    const held = desk.suppressions(evaluator.takeSuppressions());
    const events = held.length === 0 ? conditions : [...conditions, ...held];
    options.onJudged?.();
    const reported = reportFilter.filter(block, changes.length > 0);
    if (events.length > 0) announcer.commit(events, reported);
    else if (reported.points.length > 0) journal.append(reported);
  };

  const connection = (id: string, finding: Finding, at: Instant): void => {
    const events = desk.conditions(evaluator.connection(id, finding, at));
    if (events.length > 0) announcer.commit(events, null);
  };

  return {
    transitions(events) {
      if (events.length > 0) announcer.commit(events, null);
    },
    sinkOf(bus) {
      return {
        samples(key, samples) {
          const block = normalisers[key]?.readings(samples);
          if (block !== undefined) take(block);
        },
        silence(key, at, quality) {
          const block = normalisers[key]?.silence(at, quality);
          if (block !== undefined) take(block);
        },
        connection(device: DeviceId | null, isAnswering, at) {
          connection(device ?? `bus/${bus}`, isAnswering ? "within" : "beyond", at);
        },
      };
    },
  };
}
