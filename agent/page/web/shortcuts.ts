/** Single-key shortcuts: they can be switched off, and are silent where somebody types or a dialog is open. */

import { type Signal, signal } from "@preact/signals";
import { remember, remembered } from "./remembered.ts";

export const isKeysOn: Signal<boolean> = signal(remembered("keys") !== "off");

export function switchKeys(): void {
  isKeysOn.value = !isKeysOn.value;
  remember("keys", isKeysOn.value ? "on" : "off");
}

/** Calls back with each single key; returns how to stop. `call` says whether it took the key. */
export function onKey(call: (key: string) => boolean): () => void {
  const hear = (event: KeyboardEvent) => {
    if (!isKeysOn.peek() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") !== null || isTyping(event.target)) return;
    if (call(event.key)) event.preventDefault();
  };
  addEventListener("keydown", hear);
  return () => removeEventListener("keydown", hear);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target.matches("textarea, select, [contenteditable]");
}
