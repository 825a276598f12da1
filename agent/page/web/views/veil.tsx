/** Old data is never shown as if it were new: a grey veil over everything, and the time of the last data. */

import "./veil.css";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../lang.ts";
import { box, isVeiled, site } from "../live.ts";
import { dateTime } from "../parts/zonedTime.ts";
import { isConnected } from "../socket.ts";
import { silentSeconds, veilCause } from "../veilWatch.ts";
import { span } from "../words/measures.ts";
import { shellWords } from "../words/shell.ts";

export function Veil(): VNode | null {
  const isDrawn = isVeiled.value;
  useEffect(() => {
    document.documentElement.classList.toggle("veiled", isDrawn);
    return () => document.documentElement.classList.remove("veiled");
  }, [isDrawn]);
  if (!isDrawn) return null;
  const isDeaf = veilCause.value === "no-contact";
  const lastMs = box.value === null ? null : isDeaf ? box.value.nowMs : box.value.lastReadingMs;
  const zone = site.value?.timezone ?? "UTC";
  return (
    <>
      <div class="veil-cloth" aria-hidden="true" />
      <section class="veil" role="status" data-testid="veil">
        <b class="veil-title">{t(isDeaf ? shellWords.veilContact : shellWords.veilReadings)}</b>
        <span class="tabular">
          {t(shellWords.veilLast)}{" "}
          {lastMs === null ? t(shellWords.veilNever) : dateTime(lastMs, zone)}
        </span>
        {isDeaf && (
          <span class="tabular" aria-hidden="true">
            {t(shellWords.veilFor)} {t(span(silentSeconds.value * 1_000))}
          </span>
        )}
        {isDeaf && !isConnected.value && <span>{t(shellWords.veilConnecting)}</span>}
        <span class="veil-warning">{t(shellWords.veilWarning)}</span>
      </section>
    </>
  );
}
