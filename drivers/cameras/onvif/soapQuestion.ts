/**
 * The questions that we put to a camera, written by the `onvif` library: its envelopes, tokens and oddities of makes
 * are proven on many cameras. Only the writing is its own: the library neither sends nor reads here, because it knows no
 * limit of time or size, throws from inside its callbacks, and takes a firmware "11.10" for the number 11.1.
 */

import onvif from "onvif";
import { invariant } from "../../../config/words/result.ts";
import type { Credentials } from "../digest.ts";

export interface SoapQuestion {
  readonly body: string;
  readonly action: string;
}

/** Where a subscription lives, as the camera said it. */
export interface Subscription {
  readonly address: string;
  /** Axis tells subscriptions apart by a number beside the address. */
  readonly id: string | null;
}

export type Asked =
  | { readonly ask: "dateAndTime"; readonly isSigned: boolean }
  | { readonly ask: "identity" | "services" | "capabilities" | "subscribe" }
  | { readonly ask: "profiles"; readonly isMedia2: boolean }
  | {
      readonly ask: "streamUri" | "snapshotUri";
      readonly isMedia2: boolean;
      readonly token: string;
    }
  | { readonly ask: "pull" | "renew" | "unsubscribe"; readonly subscription: Subscription };

/** Messages of one pull at most; the answer's size is bounded apart from that. */
const messagesMax = 30;

type Answer = (error: Error, body: null, xml: string, status: number) => void;

/** The library writes; what it would send is kept here in place of being sent. */
class Scribe extends onvif.Cam {
  written: SoapQuestion | null = null;
  answer: Answer | null = null;

  _requestPart2({ body, action }: SoapQuestion, answer: Answer): void {
    this.written = { body, action };
    this.answer = answer;
  }
}

/** Never called: nothing is answered to it. */
const unread = (): void => {};

/** `deviceWallMs`: what the camera's clock shows now; it refuses tokens of another time. */
export function writeQuestion(
  asked: Asked,
  {
    credentials,
    deviceWallMs,
  }: { readonly credentials: Credentials | null; readonly deviceWallMs: number },
): SoapQuestion {
  const isSigned = credentials !== null && (asked.ask !== "dateAndTime" || asked.isSigned);
  const scribe = new Scribe({
    ...{ hostname: "camera", autoconnect: false, useWSSecurity: isSigned },
    ...(isSigned
      ? { username: escaped(credentials.username), password: asBytes(credentials.password) }
      : {}),
  });
  // It counts from the start of this process.
  scribe.timeShift = deviceWallMs - process.uptime() * 1_000;
  write(asked, scribe);
  invariant(scribe.written !== null, "the onvif library has written no question");
  return scribe.written;
}

function write(asked: Asked, scribe: Scribe): void {
  switch (asked.ask) {
    case "dateAndTime":
      scribe.getSystemDateAndTime(unread);
      // It signs this question only after a refusal.
      if (asked.isSigned) scribe.answer?.(new Error("refused"), null, "", 401);
      break;
    case "identity":
      scribe.getDeviceInformation(unread);
      break;
    case "services":
      scribe.getServices(false, unread);
      break;
    case "capabilities":
      scribe.getCapabilities(unread);
      break;
    case "profiles":
      scribe.media2Support = asked.isMedia2;
      scribe.getProfiles(unread);
      break;
    case "streamUri":
      scribe.media2Support = asked.isMedia2;
      scribe.getStreamUri({ protocol: "RTSP", profileToken: escaped(asked.token) }, unread);
      break;
    case "snapshotUri":
      scribe.media2Support = asked.isMedia2;
      scribe.getSnapshotUri({ profileToken: escaped(asked.token) }, unread);
      break;
    case "subscribe":
      scribe.createPullPointSubscription(unread);
      break;
    default:
      writeToSubscription(asked, scribe);
  }
}

function writeToSubscription(
  { ask, subscription }: Extract<Asked, { readonly subscription: Subscription }>,
  scribe: Scribe,
): void {
  const { address, id } = subscription;
  scribe.events = {
    subscription: {
      subscriptionReference: {
        address: { href: escaped(address) },
        ...(id === null ? {} : { referenceParameters: { subscriptionId: escaped(id) } }),
      },
    },
  };
  if (ask === "pull") scribe.pullMessages({ messageLimit: messagesMax }, unread);
  else if (ask === "renew") scribe.renew({}, unread);
  else scribe.unsubscribe(unread);
}

/** The library sets texts into its XML as they are. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** The library hashes the low byte of each character: given the bytes of UTF-8, it hashes these. */
function asBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
