/** One camera: name, mark of its alarm, newest picture, and what is wrong with it in words. */

import type { VNode } from "preact";
import type { CameraView } from "../../protocol/cameras.ts";
import { t } from "../lang.ts";
import { listedAlarms } from "../live.ts";
import { Age } from "../parts/age.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { LivePicture } from "../parts/livePicture.tsx";
import { hrefOf } from "../router.ts";

interface CameraTileProps {
  readonly camera: CameraView;
  readonly everyMs: number;
  readonly widthPx: number;
}

export function CameraTile({ camera, everyMs, widthPx }: CameraTileProps): VNode {
  const alarm = listedAlarms.value.get(`CAMERA camera/${camera.id}`);
  return (
    <article class="camera-tile">
      <h2 class="camera-name">
        {alarm !== undefined && <LevelMark priority={alarm.priority} />}
        <a href={hrefOf("cameras", camera.id)}>{camera.name}</a>
        <span class="quiet">{camera.id}</span>
      </h2>
      <LivePicture
        camera={camera.id}
        name={camera.name}
        widthPx={widthPx}
        everyMs={everyMs}
        lastPictureMs={camera.lastPictureMs}
      />
      <p class={camera.isWell ? "quiet" : "camera-trouble hatched"}>
        {t(camera.reason)}
        {!camera.isWell && (
          <span class="quiet">
            {" "}
            · <Age sinceMs={camera.sinceMs} />
          </span>
        )}
        {camera.isWell && camera.tanks.length > 0 && ` · ${camera.tanks.join(", ")}`}
      </p>
    </article>
  );
}
