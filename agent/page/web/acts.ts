/** What people do about alarms. Nothing is shown as done before the box has announced it. */

import { effect, type Signal, signal } from "@preact/signals";
import type { ActAnswer, ActRequest, AlarmAct, AlarmView } from "../protocol/alarms.ts";
import { post, type Trouble } from "./api.ts";
import { after } from "./browserClock.ts";
import { alarms } from "./live.ts";

/** The act a person is about to do, while the dialog asks for the reason. */
export interface Asking {
  readonly act: AlarmAct;
  readonly keys: readonly string[];
}
export const asking: Signal<Asking | null> = signal(null);

/** Sent, and not yet announced: key -> act. */
export const pending: Signal<ReadonlyMap<string, AlarmAct>> = signal(new Map());

/** Refusals and trouble of the last act, until closed. */
export const refusals: Signal<readonly { readonly zh: string; readonly en: string }[]> = signal([]);

/** An announcement that does not come within this is said to be missing. */
const announceMsMax = 10_000;

export function ask(act: AlarmAct, keys: readonly string[]): void {
  if (keys.length > 0) asking.value = { act, keys };
}

export function stopAsking(): void {
  asking.value = null;
}

/** Null: the box has taken the request. */
export async function send(request: {
  readonly act: AlarmAct;
  readonly keys: readonly string[];
  readonly reason: string;
  readonly note: string;
  readonly forMs: number | null;
}): Promise<Trouble | null> {
  const targets = request.keys.flatMap((key) => alarms.peek().get(key) ?? []);
  const body: ActRequest = {
    do: request.act,
    alarms: targets.map(({ source, type }) => ({ source, type })),
    reason: request.reason,
    note: request.note,
    ...(request.forMs === null ? {} : { forMs: request.forMs }),
  };
  const stop = awaitAnnouncement(request.act, targets);
  const answer = await post<ActAnswer>("/api/alarms/act", body);
  if (!answer.ok) {
    stop();
    return answer.error;
  }
  clear(answer.value.refused.map((one) => one.key));
  refusals.value = answer.value.refused.map(({ key, zh, en }) => ({
    zh: `${key}: ${zh}`,
    en: `${key}: ${en}`,
  }));
  return null;
}

/** Marks as pending until each alarm is announced anew. */
function awaitAnnouncement(act: AlarmAct, targets: readonly AlarmView[]): () => void {
  const keys = targets.map((one) => one.key);
  const before = new Map(targets.map((one) => [one.key, one]));
  pending.value = new Map([...pending.peek(), ...keys.map((key) => [key, act] as const)]);
  const stopWatch = effect(() => {
    const known = alarms.value;
    const announced = [...before].filter(([key, view]) => known.get(key) !== view);
    for (const [key] of announced) before.delete(key);
    if (announced.length > 0) clear(announced.map(([key]) => key));
  });
  const end = () => {
    stopWatch();
    stopTimer();
    clear([...before.keys()]);
  };
  const stopTimer = after(announceMsMax, () => {
    const missing = [...before.keys()].filter((key) => pending.peek().has(key));
    if (missing.length > 0) {
      refusals.value = [
        {
          zh: `网关尚未公布结果: ${missing.join(", ")}。请查看状态后再操作。`,
          en: `The box has not announced the outcome yet: ${missing.join(", ")}. Look at the state before you act again.`,
        },
      ];
    }
    end();
  });
  return end;
}

function clear(keys: readonly string[]): void {
  if (!keys.some((key) => pending.peek().has(key))) return;
  const next = new Map(pending.peek());
  for (const key of keys) next.delete(key);
  pending.value = next;
}
