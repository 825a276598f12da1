/** Whether anybody can hear the page. Browsers block sound until a click, and a click proves no loudspeaker. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** `off`: never tried or blocked. `asked`: the test tone was played, the person has not said yet. `on`: it was heard. */
export type SoundState = "off" | "asked" | "on";
export const soundState: Signal<SoundState> = signal("off");

/** Silenced by a person for five minutes, or until a new alarm. Not an acknowledgement. */
export const isMuted: Signal<boolean> = signal(false);

export const isSoundHeard: ReadonlySignal<boolean> = computed(
  () => soundState.value === "on" && !isMuted.value,
);
