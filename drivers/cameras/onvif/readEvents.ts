/** What a camera notices, out of its answers to PullMessages (pure). */

import type { Subscription } from "./soapQuestion.ts";
import { attribute, child, children, oneLine, type SoapNode, text } from "./soapTree.ts";

/** What an event is about, as far as its topic tells. */
export type OnvifSubject = "motion" | "tamper" | "fire" | "videoLoss" | "other";

export interface OnvifEvent {
  /** Without prefixes: `VideoSource/MotionAlarm`. */
  readonly topic: string;
  readonly about: OnvifSubject;
  /** The first value that it carries; null: it only happened. */
  readonly state: boolean | string | null;
  /** Which source or rule of the camera. */
  readonly source: string | null;
  /** By the camera's clock, as it writes it. */
  readonly atDevice: string | null;
  /** What was so before we asked, told at the beginning. */
  readonly isInitial: boolean;
}

const eventsMax = 100;

export function readSubscription(body: SoapNode): Subscription | null {
  const reference = child(
    child(body, "createPullPointSubscriptionResponse"),
    "subscriptionReference",
  );
  const address = text(child(reference, "address"));
  const id = text(child(reference, "referenceParameters", "subscriptionId"));
  return address === null ? null : { address, id };
}

/** Null when it is no answer to PullMessages. */
export function readEvents(body: SoapNode): readonly OnvifEvent[] | null {
  const said = child(body, "pullMessagesResponse");
  if (said === undefined) return null;
  return children(said, "notificationMessage").slice(0, eventsMax).flatMap(readEvent);
}

function readEvent(notification: SoapNode): readonly OnvifEvent[] {
  const written = text(child(notification, "topic"));
  const message = child(notification, "message", "message");
  if (written === null || message === undefined) return [];
  const topic = written.replace(/(^|\/)[\w.-]+:/g, "$1").replace(/^\/+|\/+$/g, "");
  return [
    {
      topic,
      about: subjectOf(topic),
      state: stateOf(children(child(message, "data"), "simpleItem")),
      source:
        children(child(message, "source"), "simpleItem")
          .flatMap((item) => attribute(item, "Value") ?? [])
          .join(" ") || null,
      atDevice: oneLine(attribute(message, "UtcTime") ?? ""),
      isInitial: attribute(message, "PropertyOperation") === "Initialized",
    },
  ];
}

/** Items that carry the state itself go before those that describe it. */
const stateNames =
  /^(State|Is[A-Z]\w*|Value|LogicalState|active|Motion|Tamper|Alarm\w*|Level|ObjectCount)$/i;

function stateOf(items: readonly SoapNode[]): OnvifEvent["state"] {
  const chosen = items.find((item) => stateNames.test(attribute(item, "Name") ?? "")) ?? items[0];
  const value = attribute(chosen, "Value");
  if (value === null) return null;
  if (/^(true|1|on|active)$/i.test(value)) return true;
  return /^(false|0|off|inactive)$/i.test(value) ? false : value;
}

/** Fire before motion: thermal cameras have both words in one topic. */
const subjects: readonly (readonly [RegExp, OnvifSubject])[] = [
  [/fire|smoke|flame|radiometry|temperature/i, "fire"],
  [/tamper|scenechange|tooblurry|toodark|toobright|shield|occlu|cover/i, "tamper"],
  [/signalloss|videoloss/i, "videoLoss"],
  [/motion/i, "motion"],
];

function subjectOf(topic: string): OnvifSubject {
  return subjects.find(([pattern]) => pattern.test(topic))?.[1] ?? "other";
}
