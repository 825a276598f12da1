/** One attempt to tell one target something, within its deadline, and without a secret in what is said of it. */

import type { Clock } from "../../config/words/time.ts";
import type { Message, Outcome, PostTarget, SiteHead, Target } from "./announcement.ts";
import { judgeAnswer, postRequest } from "./formats.ts";
import type { Post } from "./httpPost.ts";
import { commandEnv, type RunCommand } from "./runCommand.ts";

/** Never throws. Ends early with a failure when `signal` aborts. */
export type Deliver = (target: Target, message: Message, signal: AbortSignal) => Promise<Outcome>;

export function createDeliver(parts: {
  readonly site: SiteHead;
  readonly clock: Clock;
  readonly post: Post;
  readonly runCommand: RunCommand;
}): Deliver {
  const { site, clock, post, runCommand } = parts;

  async function attempt(target: Target, message: Message, signal: AbortSignal): Promise<Outcome> {
    if (target.kind === "command") {
      const env = commandEnv(message, site, target.lang);
      const why = await runCommand({ run: target.run, env }, signal);
      return why === null ? { kind: "done" } : { kind: "failed", isRefused: false, why };
    }
    const request = postRequest(message, { target, site, wallMs: clock.now().wallMs });
    const answer = await post(request, { ca: target.ca, signal });
    const outcome: Outcome = answer.ok
      ? judgeAnswer(target.kind, answer.value)
      : { kind: "failed", isRefused: false, why: answer.error };
    return outcome.kind === "done"
      ? outcome
      : { ...outcome, why: withoutSecrets(outcome.why, target) };
  }

  return async (target, message, signal) => {
    const deadline = new AbortController();
    const end = (): void => deadline.abort();
    const timer = clock.timer(target.timeoutMs, end);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const outcome = await attempt(target, message, deadline.signal);
    timer.cancel();
    signal.removeEventListener("abort", end);
    return outcome;
  };
}

/** Receivers may repeat in their answer what they were sent. */
function withoutSecrets(text: string, { url, secret, token }: PostTarget): string {
  const parts = [url, secret, token, ...url.split(/[/?&=]/).filter((part) => part.length >= 12)];
  const secrets = parts.filter((part): part is string => part !== null && part !== "");
  const host = URL.canParse(url) ? new URL(url).host : "";
  return secrets
    .filter((part) => part !== host)
    .reduce((clean, part) => clean.replaceAll(part, "***"), text);
}
