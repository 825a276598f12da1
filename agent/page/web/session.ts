/** Who is looking, and at what box. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Me, Welcome } from "../protocol/access.ts";

/** What the box says to anybody; null: not heard yet. */
export const welcome: Signal<Welcome | null> = signal(null);

/** Null: nobody is logged in. */
export const me: ReadonlySignal<Me | null> = computed(() => welcome.value?.me ?? null);

/** May acknowledge, shelve, hand over. */
export const mayAct: ReadonlySignal<boolean> = computed(
  () => me.value !== null && me.value.role !== "viewer",
);

/** The box no longer knows this session. */
export function forgetMe(): void {
  const known = welcome.peek();
  if (known !== null && known.me !== null) welcome.value = { ...known, me: null };
}
