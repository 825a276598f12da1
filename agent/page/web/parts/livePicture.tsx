/** The newest picture of one camera with its age. Old, or gone: veiled, in words. Asks only while it is on the screen. */

import "./livePicture.css";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { PictureFeed } from "../pictureFeed.ts";
import type { Picture } from "../pictureQueue.ts";
import { camerasWords } from "../words/cameras.ts";
import { Age } from "./age.tsx";

interface LivePictureProps {
  readonly camera: string;
  readonly name: string;
  readonly widthPx: number;
  /** 0: the first picture stays. */
  readonly everyMs: number;
  /** When the box last had a picture of it; null: never. */
  readonly lastPictureMs: number | null;
}

/** Older pictures are veiled; slower cameras and rates have as many periods. */
const freshMsMax = 10_000;
const freshPeriods = 3;

export function LivePicture(props: LivePictureProps): VNode {
  const { camera, name, widthPx, everyMs } = props;
  const frame = useRef<HTMLElement>(null);
  const picture = usePicture(
    `/api/cameras/${encodeURIComponent(camera)}/picture?width=${widthPx}`,
    {
      ...{ everyMs, frame },
    },
  );
  const takenMs = picture?.takenMs ?? props.lastPictureMs;
  const isOld =
    takenMs !== null && nowMs.value - takenMs > Math.max(freshMsMax, everyMs * freshPeriods);
  return (
    <figure class={`live-picture ${isOld || picture === null ? "old" : ""}`} ref={frame}>
      {picture === null ? (
        <p class="no-picture hatched">{t(camerasWords.noPicture)}</p>
      ) : (
        <img src={picture.url} alt={t(camerasWords.pictureOf(name))} />
      )}
      <figcaption>
        {takenMs === null ? (
          t(camerasWords.never)
        ) : (
          <>
            {t(isOld ? camerasWords.oldPicture : camerasWords.picture)} <Age sinceMs={takenMs} />{" "}
            {t(camerasWords.ago)}
          </>
        )}
      </figcaption>
    </figure>
  );
}

function usePicture(
  path: string,
  options: { readonly everyMs: number; readonly frame: { readonly current: Element | null } },
): Picture | null {
  const { everyMs, frame } = options;
  const [picture, setPicture] = useState<Picture | null>(null);
  useEffect(() => {
    const feed = new PictureFeed({ path, everyMs, onPicture: setPicture });
    const watcher = new IntersectionObserver((entries) =>
      feed.isSeen(entries.some((entry) => entry.isIntersecting)),
    );
    if (frame.current !== null) watcher.observe(frame.current);
    const onVisibility = (): void => feed.ask();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      watcher.disconnect();
      document.removeEventListener("visibilitychange", onVisibility);
      feed.end();
    };
  }, [path, everyMs, frame]);
  return picture;
}
