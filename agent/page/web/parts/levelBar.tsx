/** A tank as a bar to scale, with its limits as ticks; hatched when the level is not known. */

import "./parts.css";
import type { VNode } from "preact";
import { useId } from "preact/hooks";
import type { PointView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import type { Now } from "../live.ts";
import { scaleLimits, share } from "../plantView.ts";
import { typeWords } from "../words/alarm.ts";
import { overviewWords } from "../words/overview.ts";

interface LevelBarProps {
  readonly point: PointView;
  readonly now: Now;
}

const top = 10;
const bottom = 122;
const wall = 34;

export function LevelBar({ point, now }: LevelBarProps): VNode {
  const hatch = useId();
  const isKnown = now.value !== null && now.quality === 0;
  const y = (value: number) => bottom - share(value, point.range) * (bottom - top);
  const surface = y(now.value ?? point.range[0]);
  const words = wordPlaces(scaleLimits(point).map(({ type, at }) => ({ type, y: y(at) })));
  return (
    <svg class="level-bar" viewBox="0 0 62 132" role="img" aria-label={t(overviewWords.level)}>
      <defs>
        <pattern
          id={hatch}
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="3" height="7" fill="#9a9a9a" />
        </pattern>
      </defs>
      <path class="wall" d={`M3 ${top} q17 -9 34 0 V${bottom} q-17 8 -34 0 Z`} />
      {isKnown ? (
        <>
          <path class="liquid" d={`M4 ${surface} H36 V${bottom} q-16 7 -32 0 Z`} />
          <line class="surface" x1="4" x2="36" y1={surface} y2={surface} />
        </>
      ) : (
        <path d={`M4 ${top} q16 -8 32 0 V${bottom} q-16 7 -32 0 Z`} fill={`url(#${hatch})`} />
      )}
      {scaleLimits(point).map((limit) => (
        <g key={limit.type}>
          <line class="tick" x1={wall - 5} x2={wall + 8} y1={y(limit.at)} y2={y(limit.at)} />
          <text class="tick-word" x={wall + 10} y={(words.get(limit.type) ?? 0) + 3.5}>
            {t(typeWords[limit.type].sign)}
          </text>
        </g>
      ))}
    </svg>
  );
}

const wordHeight = 10;

/** Beside their ticks, and pushed down where limits lie so close that their words would lie on one another. */
function wordPlaces<Type>(
  ticks: readonly { readonly type: Type; readonly y: number }[],
): ReadonlyMap<Type, number> {
  const placed = new Map<Type, number>();
  let free = 0;
  for (const { type, y } of ticks.toSorted((a, b) => a.y - b.y)) {
    const at = Math.max(y, free);
    placed.set(type, at);
    free = at + wordHeight;
  }
  return placed;
}
