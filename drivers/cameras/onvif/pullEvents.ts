/** A subscription to a camera's events: made, pulled, renewed, given back. One life of it; the caller decides on another. */

import type { Result } from "../../../config/words/result.ts";
import type { Clock, Instant } from "../../../config/words/time.ts";
import type { CameraError } from "../contract.ts";
import { type OnvifEvent, readEvents, readSubscription } from "./readEvents.ts";
import type { SoapCaller } from "./soapCaller.ts";
import type { Subscription } from "./soapQuestion.ts";

export interface EventEars {
  /** The subscription stands. */
  onSubscribed(): void;
  onEvent(event: OnvifEvent & { readonly arrivedAt: Instant }): void;
}

/** The camera holds a pull back for up to a minute. */
const pullDeadlineMs = 75_000;
/** It was made for two minutes; some makes end it unless renewed, though it is used. */
const renewEveryMs = 45_000;
/** Between two pulls that brought something: a flood of events stays a trickle of questions. */
const pauseMs = 250;
const farewellMs = 2_000;

export async function pullEvents(given: {
  readonly caller: SoapCaller;
  /** The event service. */
  readonly url: string;
  readonly serviceUrl: (said: string) => Result<string, CameraError>;
  readonly clock: Clock;
  readonly ears: EventEars;
  readonly signal: AbortSignal;
}): Promise<CameraError> {
  const { caller, clock, signal } = given;
  const answer = await caller.ask({ ask: "subscribe" }, { url: given.url, signal });
  if (!answer.ok) return answer.error;
  const subscription = readSubscription(answer.value);
  if (subscription === null) return { kind: "badAnswer", message: "it gives no subscription" };
  const url = given.serviceUrl(subscription.address);
  if (!url.ok) return url.error;
  given.ears.onSubscribed();
  const reason = await pullOn({ ...given, url: url.value, subscription });
  // Cameras allow a handful of subscriptions: one that is left behind keeps a place for minutes.
  const farewell = new AbortController();
  const timer = clock.timer(farewellMs, () => farewell.abort());
  await caller.ask(
    { ask: "unsubscribe", subscription },
    { url: url.value, signal: farewell.signal, deadlineMs: farewellMs },
  );
  timer.cancel();
  return reason;
}

async function pullOn(given: {
  readonly caller: SoapCaller;
  readonly url: string;
  readonly subscription: Subscription;
  readonly clock: Clock;
  readonly ears: EventEars;
  readonly signal: AbortSignal;
}): Promise<CameraError> {
  const { caller, url, subscription, clock, ears, signal } = given;
  let renewedMs = clock.monotonicMs();
  while (!signal.aborted) {
    const answer = await caller.ask(
      { ask: "pull", subscription },
      { url, signal, deadlineMs: pullDeadlineMs },
    );
    if (!answer.ok) return answer.error;
    const events = readEvents(answer.value);
    if (events === null) return { kind: "badAnswer", message: "it answers no pull of events" };
    const arrivedAt = clock.now();
    for (const event of events) ears.onEvent({ ...event, arrivedAt });
    await clock.sleep(pauseMs, signal);
    if (clock.monotonicMs() - renewedMs < renewEveryMs) continue;
    const renewed = await caller.ask({ ask: "renew", subscription }, { url, signal });
    // Not every make knows how to; the next pull tells whether it matters.
    if (!renewed.ok && renewed.error.kind !== "refused") return renewed.error;
    renewedMs = clock.monotonicMs();
  }
  return { kind: "aborted", message: "told to stop" };
}
