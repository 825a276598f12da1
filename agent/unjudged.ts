/** What cannot be judged now, because a reading that it hangs on has no number: rules, and limits of points. */

import { carriesNumber } from "../config/words/quality.ts";
import type { Evaluator } from "./evaluate/evaluate.ts";
import type { Unjudged } from "./evaluate/rules/ruleBench.ts";
import type { PointList } from "./pointList.ts";
import type { LiveTable } from "./watch/liveTable.ts";

/** Rules first. Of a point `source` and its one input are its tag. */
export function unjudgedOf(parts: {
  readonly list: PointList;
  readonly live: Pick<LiveTable, "reading">;
  readonly evaluator: Pick<Evaluator, "unjudged">;
}): readonly Unjudged[] {
  const { list, live, evaluator } = parts;
  const points = list.points.filter(({ position, settings: { limits } }) => {
    const { quality, takenMs } = live.reading(position);
    return limits !== undefined && !(takenMs !== null && carriesNumber(quality));
  });
  return [...evaluator.unjudged(), ...points.map(({ id }) => ({ source: id, inputs: [id] }))];
}
