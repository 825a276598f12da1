/** Where a value lies within its range and its limits, at a glance. */

import "./parts.css";
import type { VNode } from "preact";
import type { PointView } from "../../protocol/site.ts";
import type { Now } from "../live.ts";
import { scaleLimits, share } from "../plantView.ts";

interface RangeBarProps {
  readonly point: PointView;
  readonly now: Now;
}

/** The figures stand beside it, so it is not read out. */
export function RangeBar({ point, now }: RangeBarProps): VNode {
  const left = (value: number) => ({ left: `${(share(value, point.range) * 100).toFixed(1)}%` });
  return (
    <span class={now.quality === 0 ? "range-bar" : "range-bar hatched"} aria-hidden="true">
      {scaleLimits(point).map((limit) => (
        <i key={limit.type} class="limit" style={left(limit.at)} />
      ))}
      {now.quality === 0 && now.value !== null && <b class="needle" style={left(now.value)} />}
    </span>
  );
}
