/** Which sound is due now: the loudest that somebody must hear, until it is acknowledged, or silenced for a while. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Priority } from "../../../config/words/alarms.ts";
import { isUnacked } from "./alarmOrder.ts";
import { after, every } from "./browserClock.ts";
import { alarms, isVeiled } from "./live.ts";
import { remember, remembered } from "./remembered.ts";
import { isMuted, isSoundHeard, soundState } from "./soundState.ts";
import { type Tone, TonePlayer } from "./tones.ts";

const muteMs = 5 * 60_000;
const player: TonePlayer = new TonePlayer();
const unmute: { cancel: () => void } = { cancel: () => {} };

const due: ReadonlySignal<Tone | null> = computed(() => {
  if (isVeiled.value) return "veil";
  let highest: Priority | null = null;
  for (const one of alarms.value.values()) {
    if (isUnacked(one) && (highest === null || one.priority < highest)) highest = one.priority;
  }
  return highest;
});

/** What has rung, so that a new alarm ends a silence and an old one does not. */
const rung: Signal<ReadonlySet<string>> = signal(new Set());

export function watchSound(): void {
  player.onBlocked(() => {
    soundState.value = "off";
  });
  if (remembered("sound") === "heard") {
    // A kiosk may be allowed to sound by itself; anywhere else the browser says no and the bar stays.
    void player.open().then((isOpen) => {
      if (isOpen) soundState.value = "on";
    });
  }
  effect(() => {
    const open = [...alarms.value.values()].filter(isUnacked);
    const raised = open.map((one) => `${one.alarmId} ${one.raises}`);
    const isNew = raised.some((one) => !rung.peek().has(one));
    rung.value = new Set(raised);
    if (isNew) sounds();
  });
  effect(() => {
    player.play(isSoundHeard.value ? due.value : null);
  });
  every(1_000, () => player.keep());
}

/** Plays the test tone; the person says whether it was heard. */
export async function testTone(): Promise<void> {
  const isOpen = await player.open();
  if (!isOpen) return;
  player.test();
  soundState.value = "asked";
}

export function toneWasHeard(isHeard: boolean): void {
  soundState.value = isHeard ? "on" : "off";
  if (isHeard) remember("sound", "heard");
}

/** Silence is not acknowledgement: the alarms stay as they are. */
export function silence(): void {
  isMuted.value = true;
  unmute.cancel();
  unmute.cancel = after(muteMs, sounds);
}

export function sounds(): void {
  unmute.cancel();
  isMuted.value = false;
}
