/** The last half hour of a point as a line: shape, not figures. Times without a number are gaps. */

import "./parts.css";
import type { VNode } from "preact";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { scaleLimits, share } from "../plantView.ts";
import { type TraceSample, traceBeat, traceMs, traceOf } from "../traces.ts";
import { overviewWords } from "../words/overview.ts";

interface TraceProps {
  readonly at: number;
  readonly point: PointView;
}

const width = 300;
const height = 40;
/** Further apart: nothing is known in between. */
const joinMsMax = 70_000;

export function Trace({ at, point }: TraceProps): VNode {
  // Redrawn as traces grow, not at every heartbeat.
  void traceBeat.value;
  const endMs = nowMs.peek();
  const y = (value: number) => height - 2 - share(value, point.range) * (height - 4);
  return (
    <svg
      class="trace"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${point.tag} ${t(overviewWords.trace)}`}
    >
      {scaleLimits(point).map((limit) => (
        <line key={limit.type} class="limit" x1="0" x2={width} y1={y(limit.at)} y2={y(limit.at)} />
      ))}
      <path d={path(traceOf(at), endMs, y)} />
    </svg>
  );
}

function path(
  samples: readonly TraceSample[],
  endMs: number,
  y: (value: number) => number,
): string {
  let drawn = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, value } of samples) {
    if (value === null) {
      lastMs = Number.NEGATIVE_INFINITY;
      continue;
    }
    const x = ((atMs - endMs + traceMs) / traceMs) * width;
    drawn += `${atMs - lastMs > joinMsMax ? "M" : "L"}${x.toFixed(1)} ${y(value).toFixed(1)}`;
    lastMs = atMs;
  }
  return drawn;
}
