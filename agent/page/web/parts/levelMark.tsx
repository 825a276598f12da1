/** The mark of a priority: shape, letter and colour, so that no one of them is needed alone. */

import "./parts.css";
import type { VNode } from "preact";
import type { Priority } from "../../../../config/words/alarms.ts";
import { t } from "../lang.ts";
import { priorityWords } from "../words/alarm.ts";

interface LevelMarkProps {
  readonly priority: Priority;
  /** Outline only: nothing of this priority stands. */
  readonly isIdle?: boolean;
}

/** Octagon, triangle, diamond, circle: told apart in black and white and from across the room. */
const shapes: Readonly<Record<Priority, { readonly path: string; readonly letterY: number }>> = {
  1: { path: "M9.5 2h13l7.5 7.5v13L22.5 30h-13L2 22.5v-13z", letterY: 21.5 },
  2: { path: "M16 1.5 31 29.5H1z", letterY: 26.5 },
  3: { path: "M16 1 31 16 16 31 1 16z", letterY: 21 },
  4: { path: "M16 2a14 14 0 1 1 0 28a14 14 0 1 1 0-28z", letterY: 21 },
};

export function LevelMark({ priority, isIdle = false }: LevelMarkProps): VNode {
  const shape = shapes[priority];
  const word = priorityWords[priority];
  return (
    <span class={isIdle ? "mark idle" : "mark"}>
      <svg viewBox="0 0 32 32" role="img" aria-label={t(word.name)}>
        <path class={`shape-${priority}`} d={shape.path} stroke-width="1.5" />
        <text
          class={`ink-${priority}`}
          x="16"
          y={shape.letterY}
          font-size={priority === 2 || priority === 3 ? "13" : "15"}
        >
          {t(word.letter)}
        </text>
      </svg>
    </span>
  );
}
