/** The room for cameras: says that there are none, and shows nothing that looks like a picture. */

import type { VNode } from "preact";
import "./cameras.css";
import { t } from "../lang.ts";
import { camerasWords } from "../words/cameras.ts";

export function Cameras(): VNode {
  return (
    <div class="view">
      <h1>{t(camerasWords.title)}</h1>
      <section class="panel camera-room">
        <p class="camera-none">{t(camerasWords.none)}</p>
        <p>{t(camerasWords.now)}</p>
        <p class="quiet">{t(camerasWords.later)}</p>
        <ul class="camera-list quiet">
          {camerasWords.list.map((word) => (
            <li key={word.en}>{t(word)}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}
