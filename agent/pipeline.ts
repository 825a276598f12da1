/** The sentence a reading lives by: decoded -> normalise -> evaluate -> report -> commit -> announce. */

import type { DeviceId } from "../config/words/names.ts";
import type { Instant } from "../config/words/time.ts";
import type { AnswerSink } from "./acquire/lineLoop.ts";
import type { Finding } from "./evaluate/condition.ts";
import type { Evaluator } from "./evaluate/evaluate.ts";
import type { Normaliser } from "./normalise/normalise.ts";
import type { ReportFilter } from "./normalise/reportFilter.ts";
import type { AlarmEvent, ReadingBlock } from "./records.ts";

/** What the pipeline needs of the journal. */
export interface PipelineJournal {
  /** Queues readings for the next commit. Never blocks. */
  append(block: ReadingBlock): void;
  /** Resolves when the events and the readings that caused them are durable. */
  commitAlarms(events: readonly AlarmEvent[], cause: ReadingBlock | null): Promise<void>;
}

export interface Pipeline {
  /** The sink for the loop of one bus. */
  sinkOf(bus: string): AnswerSink;
  /** Commits transitions that no reading caused. */
  transitions(events: readonly AlarmEvent[]): void;
  /** Resolves when every transition handed over so far is committed and announced. */
  settled(): Promise<void>;
}

export function createPipeline(options: {
  /** By question key. */
  readonly normalisers: readonly Normaliser[];
  readonly evaluator: Evaluator;
  readonly reportFilter: ReportFilter;
  readonly journal: PipelineJournal;
  /** Every reading, before report by exception. */
  readonly onReadings: (block: ReadingBlock) => void;
  /** Called after the commit, in the order of the transitions. */
  readonly onAnnounced: (event: AlarmEvent) => void;
  /** The journal could not take an alarm: the agent must end loudly. */
  readonly onFatal: (error: unknown) => void;
}): Pipeline {
  const { normalisers, evaluator, reportFilter, journal } = options;
  let announced: Promise<void> = Promise.resolve();

  const commit = (events: readonly AlarmEvent[], cause: ReadingBlock | null): void => {
    const committed = journal.commitAlarms(events, cause);
    announced = announced
      .then(() => committed)
      .then(() => {
        for (const event of events) options.onAnnounced(event);
      })
      .catch(options.onFatal);
  };

  const take = (block: ReadingBlock): void => {
    options.onReadings(block);
    const events = evaluator.evaluate(block);
    const reported = reportFilter.filter(block, events.length > 0);
    if (events.length > 0) commit(events, reported);
    else if (reported.points.length > 0) journal.append(reported);
  };

  const connection = (id: string, finding: Finding, at: Instant): void => {
    const events = evaluator.connection(id, finding, at);
    if (events.length > 0) commit(events, null);
  };

  return {
    transitions(events) {
      if (events.length > 0) commit(events, null);
    },
    async settled() {
      await announced;
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
