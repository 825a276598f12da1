/** The life of a subscription over minutes, on a clock that is told to go. */

import { expect, test } from "vitest";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import { pullEvents } from "../../drivers/cameras/onvif/pullEvents.ts";
import { readSoap } from "../../drivers/cameras/onvif/soapAnswer.ts";
import type { SoapCaller } from "../../drivers/cameras/onvif/soapCaller.ts";
import type { SoapNode } from "../../drivers/cameras/onvif/soapTree.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { answerTo } from "./onvifAnswers.ts";

const actions: Readonly<Record<string, string>> = {
  subscribe: "CreatePullPointSubscription",
  pull: "PullMessages",
  renew: "Renew",
  unsubscribe: "Unsubscribe",
};

/** A camera that holds each pull back for 20 s; `renewal` is what it answers to a renewal. */
function scripted(clock: FakeClock, renewal: CameraError | null) {
  const asked: { readonly ask: string; readonly atMs: number }[] = [];
  const ask: SoapCaller["ask"] = async (
    question,
    { signal },
  ): Promise<Result<SoapNode, CameraError>> => {
    asked.push({ ask: question.ask, atMs: clock.monotonicMs() });
    if (question.ask === "renew" && renewal !== null) return fail(renewal);
    if (question.ask === "pull") {
      await clock.sleep(20_000, signal);
      if (signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
    }
    const xml = answerTo(actions[question.ask] ?? "", "", {
      ...{ make: "hikvision", origins: ["http://10.0.0.1"], rtspOrigin: "", nowMs: 0 },
      ...{ subscription: 1, events: [] },
    });
    return readSoap(Buffer.from(xml ?? ""));
  };
  const clockOffset = () => Promise.resolve(ok({ offsetMs: 0, withinMs: 0 }));
  return { asked, caller: { ask, clockOffset } };
}

const ears = { onSubscribed: () => {}, onEvent: () => {} };
const url = "http://10.0.0.1/onvif/Events";

test("is renewed again and again, and given back at the end, with no timer left", async () => {
  const clock = new FakeClock();
  const { asked, caller } = scripted(clock, { kind: "refused", message: "ActionNotSupported" });
  const stop = new AbortController();
  const ended = pullEvents({ caller, url, serviceUrl: ok, clock, ears, signal: stop.signal });
  await clock.advance(10 * 60_000);
  const renewals = asked.filter(({ ask }) => ask === "renew").map(({ atMs }) => atMs);
  expect(renewals.length).toBeGreaterThan(6);
  const gaps = renewals.slice(1).map((atMs, index) => atMs - (renewals[index] ?? 0));
  // Before the two minutes are over for which it was made.
  expect(Math.max(...gaps)).toBeLessThan(120_000);
  stop.abort();
  await clock.advance(1);
  expect(await ended).toMatchObject({ kind: "aborted" });
  expect(asked.at(-1)?.ask).toBe("unsubscribe");
  expect(clock.pending).toBe(0);
});

test("ends when a renewal shows that the camera is gone", async () => {
  const clock = new FakeClock();
  const { asked, caller } = scripted(clock, { kind: "unreachable", message: "gone" });
  const { signal } = new AbortController();
  const ended = pullEvents({ caller, url, serviceUrl: ok, clock, ears, signal });
  await clock.advance(2 * 60_000);
  expect(await ended).toMatchObject({ kind: "unreachable" });
  expect(asked.map(({ ask }) => ask)).toEqual([
    "subscribe",
    "pull",
    "pull",
    "pull",
    "renew",
    "unsubscribe",
  ]);
});
