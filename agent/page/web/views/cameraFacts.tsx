/** What is known of one camera, as facts. */

import type { VNode } from "preact";
import type { CameraView } from "../../protocol/cameras.ts";
import { t } from "../lang.ts";
import { Fact } from "../parts/fact.tsx";
import { camerasWords, placeWords } from "../words/cameras.ts";

export function CameraFacts({ camera }: { readonly camera: CameraView }): VNode {
  const { place, clockOffsetMs, onPercent } = camera;
  const notKnown = t(camerasWords.notKnown);
  const where = place === null ? undefined : placeWords[place];
  return (
    <dl class="facts">
      <Fact name={t(camerasWords.code)}>{camera.code ?? notKnown}</Fact>
      <Fact name={t(camerasWords.place)}>{where === undefined ? notKnown : t(where)}</Fact>
      <Fact name={t(camerasWords.tanks)}>{camera.tanks.join(", ") || "–"}</Fact>
      <Fact name={t(camerasWords.stream)}>{streamText(camera) ?? notKnown}</Fact>
      <Fact name={t(camerasWords.clock)}>
        {clockOffsetMs === null ? notKnown : `${(clockOffsetMs / 1_000).toFixed(1)} s`}
      </Fact>
      <Fact name={t(camerasWords.month)}>
        {onPercent === null ? notKnown : `${onPercent.toFixed(1)} %`}
      </Fact>
      {camera.trouble !== null && <Fact name={t(camerasWords.trouble)}>{camera.trouble}</Fact>}
    </dl>
  );
}

function streamText({ codec, width, height, fps, kbps }: CameraView): string | null {
  const parts = [
    codec?.toUpperCase().replace(/^H(\d)/, "H.$1"),
    width === null || height === null ? null : `${width}×${height}`,
    fps === null ? null : `${fps.toFixed(0)} fps`,
    kbps === null ? null : `${kbps.toFixed(0)} kbit/s`,
  ].filter((part) => part !== null && part !== undefined);
  return parts.length === 0 ? null : parts.join(" · ");
}
