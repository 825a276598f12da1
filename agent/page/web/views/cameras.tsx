/** All cameras as tiles, or one large: newest picture, its age, what is wrong in words. */

import "./cameras.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CameraView } from "../../protocol/cameras.ts";
import { t } from "../lang.ts";
import { useLoaded } from "../parts/loaded.ts";
import { Said } from "../parts/said.tsx";
import { remember, remembered } from "../remembered.ts";
import { hrefOf, route } from "../router.ts";
import { mayAct } from "../session.ts";
import { camerasWords } from "../words/cameras.ts";
import { CameraFacts } from "./cameraFacts.tsx";
import { CameraTile } from "./cameraTile.tsx";
import { CameraViewForm } from "./cameraViewForm.tsx";

const statesEveryMs = 2_000;
const rateName = "cameraRate";
/** Seconds; 0: stopped. */
const rates = [1, 2, 5, 10, 0] as const;
const rateDefault = 2;
const tileWidthPx = 480;
const largeWidthPx = 1_280;

export function Cameras(): VNode {
  const { value: all, trouble } = useLoaded<readonly CameraView[]>("/api/cameras", statesEveryMs);
  const [rate, setRate] = useState(rateBefore());
  const chosen = route.value.id;
  if (all === null) return <div class="view">{trouble !== null && <Said trouble={trouble} />}</div>;
  const shown = chosen === null ? all : all.filter(({ id }) => id === chosen);
  const everyMs = rate * 1_000;
  return (
    <div class="view cameras">
      <div class="cameras-head">
        <h1>{t(camerasWords.title)}</h1>
        <p class="quiet tabular">
          {t(camerasWords.working(all.filter(({ isWell }) => isWell).length, all.length))}
        </p>
        {chosen !== null && (
          <a class="button" href={hrefOf("cameras")}>
            {t(camerasWords.back)}
          </a>
        )}
        <label class="rate">
          {t(camerasWords.rate)}
          <select
            value={String(rate)}
            onChange={(event) => {
              remember(rateName, event.currentTarget.value);
              setRate(Number(event.currentTarget.value));
            }}
          >
            {rates.map((one) => (
              <option key={one} value={String(one)}>
                {t(one === 0 ? camerasWords.stopped : camerasWords.every(one))}
              </option>
            ))}
          </select>
        </label>
      </div>
      {trouble !== null && <Said trouble={trouble} />}
      {all.length === 0 && <NoCameras />}
      {shown.length === 0 && all.length > 0 && <p>{t(camerasWords.unknown)}</p>}
      <ul class={chosen === null ? "camera-tiles" : "camera-large"}>
        {shown.map((camera) => (
          <li key={camera.id} class="panel">
            <CameraTile
              camera={camera}
              everyMs={everyMs}
              widthPx={chosen === null ? tileWidthPx : largeWidthPx}
            />
            {chosen !== null && <CameraFacts camera={camera} />}
            {chosen !== null && mayAct.value && <CameraViewForm camera={camera.id} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function NoCameras(): VNode {
  return (
    <section class="panel camera-room">
      <p class="camera-none">{t(camerasWords.none)}</p>
      <p class="quiet">{t(camerasWords.how)}</p>
    </section>
  );
}

function rateBefore(): number {
  const kept = Number(remembered(rateName) ?? rateDefault);
  return rates.find((one) => one === kept) ?? rateDefault;
}
