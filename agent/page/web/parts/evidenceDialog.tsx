/** The pictures of one alarm: what its cameras show now, and what was kept of before, at and after it. */

import "./evidenceDialog.css";
import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import type { EvidenceFile, EvidenceView } from "../../protocol/cameras.ts";
import type { SiteView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { evidenceWords } from "../words/cameras.ts";
import { Dialog } from "./dialog.tsx";
import { LivePicture } from "./livePicture.tsx";
import { useLoaded } from "./loaded.ts";
import { Said } from "./said.tsx";
import { dateTime } from "./zonedTime.ts";

interface EvidenceDialogProps {
  readonly alarm: AlarmView;
  readonly cameras: SiteView["cameras"];
  readonly onClose: () => void;
}

const evidenceEveryMs = 3_000;
const liveEveryMs = 1_000;
const liveWidthPx = 640;

export function EvidenceDialog({ alarm, cameras, onClose }: EvidenceDialogProps): VNode {
  const path = `/api/evidence?alarm=${encodeURIComponent(alarm.alarmId)}`;
  const { value, trouble } = useLoaded<readonly EvidenceView[]>(path, evidenceEveryMs);
  return (
    <Dialog title={t(evidenceWords.title(alarm.source))} onClose={onClose}>
      <section class="evidence">
        <h3>{t(evidenceWords.now)}</h3>
        <ul class="evidence-pictures">
          {cameras.map(({ id, name }) => (
            <li key={id}>
              <p>
                <b>{name}</b> <span class="quiet">{id}</span>
              </p>
              <LivePicture
                camera={id}
                name={name}
                widthPx={liveWidthPx}
                everyMs={liveEveryMs}
                lastPictureMs={null}
              />
            </li>
          ))}
        </ul>
        <h3>{t(evidenceWords.kept)}</h3>
        <Said trouble={trouble} />
        {value?.length === 0 && <p class="quiet">{t(evidenceWords.none)}</p>}
        {value?.map((bundle) => (
          <Bundle key={bundle.id} bundle={bundle} />
        ))}
      </section>
    </Dialog>
  );
}

function Bundle({ bundle }: { readonly bundle: EvidenceView }): VNode {
  const { atMs } = bundle;
  const zone = site.value?.timezone ?? "UTC";
  const addressOf = ({ name }: EvidenceFile): string =>
    `/api/evidence/${encodeURIComponent(bundle.id)}/${encodeURIComponent(name)}`;
  const pictures = bundle.files.filter(({ kind }) => kind === "picture");
  const clips = bundle.files.filter(({ kind }) => kind === "clip");
  const readings = bundle.files.filter(({ kind }) => kind === "readings");
  return (
    <div class="evidence-bundle">
      <p class="tabular">
        {dateTime(bundle.atMs, zone)}{" "}
        {bundle.state === "open" && <span class="flag">{t(evidenceWords.gathering)}</span>}
        {bundle.state === "cut-short" && <span class="flag">{t(evidenceWords.cutShort)}</span>}
      </p>
      <ul class="evidence-pictures">
        {pictures.map((file) => (
          <li key={file.name}>
            <a href={addressOf(file)} target="_blank" rel="noreferrer">
              <img src={addressOf(file)} alt={caption(file, { atMs, zone })} loading="lazy" />
            </a>
            <p class="tabular">{caption(file, { atMs, zone })}</p>
          </li>
        ))}
      </ul>
      {clips.map((file) => (
        <figure key={file.name} class="evidence-clip">
          {/* biome-ignore lint/a11y/useMediaCaption: a camera of a tank farm has no sound. */}
          <video controls preload="metadata" src={addressOf(file)} />
          <figcaption>
            {t(evidenceWords.clip)} {file.camera}
          </figcaption>
        </figure>
      ))}
      {readings.map((file) => (
        <a key={file.name} class="button" href={addressOf(file)} download={file.name}>
          {t(evidenceWords.readings)}
        </a>
      ))}
      {bundle.missing.map(({ what, why }) => (
        <p key={what} class="quiet">
          {t(evidenceWords.missing)}: {what} ({why})
        </p>
      ))}
    </div>
  );
}

/** Which camera, when, and how long before or after the alarm. */
function caption(
  { camera, atMs: takenMs }: EvidenceFile,
  { atMs, zone }: { readonly atMs: number; readonly zone: string },
): string {
  const seconds = Math.round((takenMs - atMs) / 1_000);
  const time = dateTime(takenMs, zone).slice(11);
  return `${camera ?? ""} ${time} (${t(evidenceWords.offset(seconds))})`;
}
