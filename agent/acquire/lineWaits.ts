/** How long a question may have to wait for its turn, by counting what the rules of scheduler.ts let pass. Pure. */

import { failuresUntilDown, probeMs } from "./deviceHealth.ts";
import { probesApart, starvedAfter } from "./scheduler.ts";

export interface BudgetQuestion {
  readonly everyMs: number;
  /** Shortest and longest occupation of the line when its device answers in time. */
  readonly leastMs: number;
  readonly goodMs: number;
  /** Occupation when it does not answer. */
  readonly silentMs: number;
  /** Position of its device in the line's list. */
  readonly device: number;
  readonly isHazard: boolean;
}

/** What is wrong on the line. */
export interface Trouble {
  readonly dead: number;
  readonly isDying: boolean;
  /** Longest probe, where it is of devices that are not among the questions. */
  readonly probeMs?: number;
  /** Questions that can be on their way together; 1 where absent. */
  readonly atOnce?: number;
}

/** Every window between two due times of the shortest period ends with room for the longest ask. */
export function isSpareSure(questions: readonly BudgetQuestion[], askMs: number): boolean {
  const shortestMs = Math.min(...questions.map((question) => question.everyMs));
  const isHarmonic = questions.every(({ everyMs }) => everyMs % shortestMs === 0);
  const cycleMs = sum(questions.map((question) => question.goodMs));
  return isHarmonic && cycleMs + askMs <= shortestMs;
}

/** What is known so far of the waits: bounds that only shrink or, within one pass, only grow. */
interface State {
  readonly questions: readonly BudgetQuestion[];
  readonly trouble: Trouble;
  readonly askMs: number;
  readonly isSpare: boolean;
  /** Bound of each question's wait; infinite at first. */
  waits: readonly number[];
  /** By these bounds no question is ever late. */
  isOnTime: boolean;
}

/** Worst age of each question at its judgement, in ms; see lineBudget.ts. */
export function worstAges(
  questions: readonly BudgetQuestion[],
  trouble: Trouble,
): readonly number[] {
  const askMs = trouble.probeMs ?? longest(questions);
  const state: State = {
    questions,
    trouble,
    askMs,
    isSpare: !trouble.isDying && isSpareSure(questions, askMs + comingBackMs(questions, trouble)),
    waits: questions.map(() => Number.POSITIVE_INFINITY),
    isOnTime: false,
  };
  // Each pass holds by the bounds of the one before: who is never late passes others less often.
  for (let pass = 0; pass < passesMax; pass += 1) {
    state.waits = questions.map((_, i) => Math.min(state.waits[i] ?? 0, wait(i, state).wholeMs));
    state.isOnTime = questions.every((question, i) => !isLate(question, state.waits[i]));
  }
  return questions.map((question, i) => {
    const { wholeMs, differenceMs } = wait(i, state);
    const { everyMs, goodMs } = question;
    if (state.isOnTime) return wakeMs + everyMs + differenceMs + goodMs;
    return wakeMs + wholeMs + goodMs + Math.max(everyMs, goodMs);
  });
}

const passesMax = 4;
/** The loop sleeps whole milliseconds. */
const wakeMs = 1;

/** What can pass before question `i` between its due time and its turn. */
interface Before {
  /** Asks of each question, at most. */
  readonly asks: number;
  /** It passes before `i` at every due time, in its shortest time at least: that part is no difference. */
  readonly isPaired: boolean;
}

interface Wait {
  readonly wholeMs: number;
  /** How much longer than the wait one period before. */
  readonly differenceMs: number;
}

function wait(i: number, state: State): Wait {
  let waitMs = 0;
  for (let step = 0; step < stepsMax; step += 1) {
    const next = waitWithin(i, waitMs, state);
    if (next.wholeMs <= waitMs + 1e-9 || !Number.isFinite(next.wholeMs)) return next;
    waitMs = next.wholeMs;
  }
  return { wholeMs: Number.POSITIVE_INFINITY, differenceMs: Number.POSITIVE_INFINITY };
}

/** A wait that still grows after so many steps is taken for endless. */
const stepsMax = 500;

/** One step of the fixed point: all that can pass within a wait of `waitMs`. */
function waitWithin(i: number, waitMs: number, state: State): Wait {
  const { questions } = state;
  const before = questions.map((_, j) => asksBefore(i, j, waitMs, state));
  const asks = sum(before.map((one) => one.asks));
  const wholeMs = sum(questions.map((one, j) => (before[j]?.asks ?? 0) * one.goodMs));
  const pairedMs = sum(questions.map((one, j) => (before[j]?.isPaired ? one.leastMs : 0)));
  const blockedMs = underWayMs(i, before, state);
  const probesMs = probeCount(before, waitMs, state) * state.askMs;
  const extra = troublesOf(i, before, state);
  const most = wholeMs + blockedMs + probesMs + extra.wholeMs;
  if (isStarved(i, asks, most, state)) {
    return { wholeMs: Number.POSITIVE_INFINITY, differenceMs: Number.POSITIVE_INFINITY };
  }
  const differenceMs = wholeMs - pairedMs + blockedMs + probesMs + extra.differenceMs;
  return { wholeMs: most, differenceMs };
}

/** Not yet done a period after it was due. */
function isLate({ everyMs, goodMs }: BudgetQuestion, waitMs = Number.POSITIVE_INFINITY): boolean {
  return waitMs + goodMs > everyMs;
}

const never: Before = { asks: 0, isPaired: false };

/** The scheduler's order, counted: hazard before routine, then by the end of the period. */
function asksBefore(i: number, j: number, waitMs: number, state: State): Before {
  const own = state.questions[i];
  const other = state.questions[j];
  if (own === undefined || other === undefined || i === j) return never;
  if (own.isHazard && !other.isHazard) return never;
  const isHigher = other.isHazard && !own.isHazard;
  if (!isHigher && other.everyMs === own.everyMs) return { asks: 1, isPaired: state.isOnTime };
  const isOtherLate = isLate(other, state.waits[j]);
  // On one grid, and nobody late: the other is due at every due time of this one, and goes first.
  if (state.isOnTime && own.everyMs % other.everyMs === 0) {
    const within = Math.max(1, Math.ceil(waitMs / other.everyMs));
    const asks = isHigher ? within : Math.min(within, own.everyMs / other.everyMs);
    return { asks, isPaired: true };
  }
  const byTime = 1 + Math.ceil(waitMs / other.everyMs) + Number(isOtherLate);
  if (isHigher) return { asks: byTime, isPaired: false };
  // Its period ends so much later that it would have to be late to go first.
  if (other.everyMs - own.everyMs >= (state.waits[j] ?? Number.POSITIVE_INFINITY)) return never;
  const reachMs = isOtherLate ? own.everyMs : Math.max(0, own.everyMs - other.everyMs);
  const byDeadline = 1 + Math.ceil(reachMs / other.everyMs);
  return { asks: Math.min(byTime, byDeadline), isPaired: false };
}

/** Questions that would not go first, but were already under way; their silence is counted with their devices' trouble. */
function underWayMs(i: number, before: readonly Before[], state: State): number {
  const others = state.questions.filter((_, j) => j !== i && (before[j]?.asks ?? 0) === 0);
  return batchMs(others, state.trouble.atOnce ?? 1);
}

/** The longest answers of so many questions. */
function batchMs(questions: readonly BudgetQuestion[], count: number): number {
  if (count === 0) return 0;
  if (count === 1) return Math.max(0, ...questions.map((question) => question.goodMs));
  return sum(
    largest(
      questions.map((question) => question.goodMs),
      count,
    ),
  );
}

/** Probes in a line without sure spare time: one, and one more for every whole round of asks. */
function probeCount(before: readonly Before[], waitMs: number, state: State): number {
  const { trouble, questions, isSpare, askMs } = state;
  if (trouble.dead === 0 || isSpare) return 0;
  // The only device that falls silent is probed no sooner than its first wait after its last time-out.
  if (trouble.isDying && trouble.dead === 1 && waitMs <= askMs + probeMs.first) return 0;
  const byDevice = [...Map.groupBy(questions.keys(), (j) => questions[j]?.device ?? -1).values()];
  const counts = byDevice.map((positions) => positions.length).sort((a, b) => b - a);
  const asksOf = byDevice
    .map((positions) => sum(positions.map((j) => before[j]?.asks ?? 0)))
    .sort((a, b) => a - b);
  const asks = sum(asksOf);
  // The first may be under way already.
  const byTime = Math.floor((waitMs + askMs) / (probesApart * askMs));
  let most = 1;
  for (let gone = 0; gone <= (trouble.probeMs === undefined ? trouble.dead : 0); gone += 1) {
    const round = Math.max(1, questions.length - sum(counts.slice(0, gone)));
    // Whoever is known to be silent is not asked; the one who just falls silent still is.
    const asked = trouble.isDying ? asks : asks - sum(asksOf.slice(1, gone + 1));
    most = Math.max(most, 1 + Math.min(byTime, Math.floor(asked / round)));
  }
  return most;
}

/** What the devices in trouble can add, the worst of them taken. */
function troublesOf(i: number, before: readonly Before[], state: State): Wait {
  const { questions, trouble } = state;
  if (trouble.dead === 0 || trouble.probeMs !== undefined) return { wholeMs: 0, differenceMs: 0 };
  const added = [...Map.groupBy(questions.keys(), (j) => questions[j]?.device ?? -1)]
    .filter(([device]) => device !== questions[i]?.device)
    .map(([, positions]) => troubleOf(i, positions, before, state));
  return {
    wholeMs: sum(
      largest(
        added.map((one) => one.wholeMs),
        trouble.dead,
      ),
    ),
    differenceMs: sum(
      largest(
        added.map((one) => one.differenceMs),
        trouble.dead,
      ),
    ),
  };
}

/** What one device adds, by its questions, when it falls silent or comes back. */
function troubleOf(
  i: number,
  positions: readonly number[],
  before: readonly Before[],
  { questions, trouble }: State,
): Wait {
  const passing = positions.filter((j) => (before[j]?.asks ?? 0) > 0);
  const timesOf = (of: (j: number) => boolean, ms: (one: BudgetQuestion) => number): number =>
    sum(passing.filter(of).map((j) => (questions[j] === undefined ? 0 : ms(questions[j]))));
  // What was on its way with an ask that ended in a time-out is asked again; answers nobody waits for may come first.
  const againMs = failuresUntilDown * batchMs(questions, (trouble.atOnce ?? 1) - 1);
  const deathMs = trouble.isDying ? againMs + deathOf(positions, before, questions) : 0;
  // A device that came back is asked at once, and again when it is due.
  const isExtra = (j: number): boolean => questions[j]?.everyMs !== questions[i]?.everyMs;
  const wholeMs = deathMs + timesOf(isExtra, (one) => one.goodMs);
  const pairedMs = timesOf(
    (j) => before[j]?.isPaired ?? false,
    (one) => one.leastMs,
  );
  return { wholeMs, differenceMs: wholeMs + pairedMs };
}

/** Its asks that can end in a time-out before the device counts as silent. */
function deathOf(
  positions: readonly number[],
  before: readonly Before[],
  questions: readonly BudgetQuestion[],
): number {
  const counts = positions.map((j) => before[j]?.asks ?? 0);
  // What does not pass may be under way.
  const asks = sum(counts) + Number(counts.includes(0));
  const mine = positions.flatMap((j) => questions[j] ?? []);
  const leastMs = Math.min(...mine.map((question) => question.leastMs));
  return Math.min(asks, failuresUntilDown) * Math.max(0, longest(mine) - leastMs);
}

/** The scheduler gives silence in its place: no age holds. */
function isStarved(i: number, asks: number, waitMs: number, { questions }: State): boolean {
  const everyMs = questions[i]?.everyMs ?? 0;
  return asks > starvedAfter * questions.length && waitMs > starvedAfter * everyMs;
}

/** The extra asks of one device that comes back. */
function comingBackMs(
  questions: readonly BudgetQuestion[],
  { dead, probeMs: alone }: Trouble,
): number {
  if (dead === 0 || alone !== undefined) return 0;
  const byDevice = Map.groupBy(questions, (question) => question.device);
  return Math.max(...[...byDevice.values()].map((own) => sum(own.map((one) => one.goodMs))));
}

function largest(values: readonly number[], count: number): readonly number[] {
  return values.toSorted((a, b) => b - a).slice(0, count);
}

/** Longest occupation of the line by one ask, in ms. */
export function longest(questions: readonly BudgetQuestion[]): number {
  return Math.max(0, ...questions.map((question) => question.silentMs));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
