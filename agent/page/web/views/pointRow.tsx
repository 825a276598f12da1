/** One point of a tile: what it is, where it lies, what it says. */

import type { VNode } from "preact";
import type { Priority } from "../../../../config/words/alarms.ts";
import { t } from "../lang.ts";
import { LevelMark } from "../parts/levelMark.tsx";
import { pointNow } from "../parts/pointNow.ts";
import { RangeBar } from "../parts/rangeBar.tsx";
import { Value } from "../parts/value.tsx";
import type { PlacedPoint } from "../plantView.ts";
import { kindWord } from "../words/kinds.ts";

interface PointRowProps {
  readonly placed: PlacedPoint;
  /** Worst alarm of this point; null: none. */
  readonly priority: Priority | null;
}

export function PointRow({ placed, priority }: PointRowProps): VNode {
  const { point, at } = placed;
  const now = pointNow(at);
  const kind = kindWord(point.kind);
  return (
    <li class="point-row">
      <span class="point-name" title={`${point.tag} ${point.name ?? ""}`}>
        {priority !== null && <LevelMark priority={priority} />}
        <span>
          {kind !== null && point.tank !== null ? t(kind) : (point.name ?? point.tag)}{" "}
          <small class="point-tag">{point.tag}</small>
        </span>
      </span>
      {/* Where it lies is not known while it is in doubt: the words then have the line to themselves. */}
      {now.quality === 0 && <RangeBar point={point} now={now} />}
      <Value value={now.value} unit={point.unit} decimals={point.decimals} quality={now.quality} />
    </li>
  );
}
