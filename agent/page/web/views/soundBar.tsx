/** Whether the page can be heard: asks for a click and a pair of ears, and offers silence, which is no acknowledgement. */

import type { VNode } from "preact";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { isMuted, soundState } from "../soundState.ts";
import { silence, sounds, testTone, toneWasHeard } from "../soundWatch.ts";
import { headerWords } from "../words/header.ts";

/** In the header: the state, and the switch. */
export function SoundSwitch(): VNode {
  if (soundState.value !== "on") {
    return (
      <Button kind="plain" class="sound off" onPress={() => void testTone()}>
        {t(headerWords.soundOff)}
      </Button>
    );
  }
  const isQuiet = isMuted.value;
  return (
    <Button
      kind="plain"
      class={isQuiet ? "sound off" : "sound"}
      onPress={isQuiet ? sounds : silence}
      title={t(isQuiet ? headerWords.unsilence : headerWords.silence)}
    >
      {t(isQuiet ? headerWords.soundMuted : headerWords.soundOn)}
    </Button>
  );
}

/** Across the page until the test tone was heard. */
export function SoundBar(): VNode | null {
  if (soundState.value === "on") return null;
  const isAsked = soundState.value === "asked";
  return (
    <section class="sound-bar no-print" aria-label={t(headerWords.soundOff)}>
      <p>
        <b>{t(headerWords.soundOff)}</b>{" "}
        <span class={isAsked ? "" : "sound-hint"}>
          {t(isAsked ? headerWords.soundHeardAsk : headerWords.soundOffHint)}
        </span>
      </p>
      {isAsked && (
        <>
          <Button kind="strong" onPress={() => toneWasHeard(true)}>
            {t(headerWords.soundYes)}
          </Button>
          <Button onPress={() => toneWasHeard(false)}>{t(headerWords.soundNo)}</Button>
        </>
      )}
      <Button onPress={() => void testTone()}>{t(headerWords.soundTest)}</Button>
    </section>
  );
}
