/**
 * Runs the siren's program: no shell, a small environment of its own, a deadline after which the program and its
 * children are killed. Never throws.
 */

import { spawn } from "node:child_process";
import type { Message, SiteHead } from "./announcement.ts";
import { messageText } from "./messageText.ts";

export interface CommandCall {
  readonly run: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Null: it ended with 0; else one sentence. */
export type RunCommand = (call: CommandCall, signal: AbortSignal) => Promise<string | null>;

/** Most of what the program complains that is passed on. */
const complaintBytesMax = 500;
/** Other variables of this process may hold secrets. */
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `signal` is the whole deadline. */
export const runCommand: RunCommand = ({ run, env }, signal) =>
  new Promise((resolve) => {
    const [program = "", ...words] = run;
    if (signal.aborted) {
      resolve("it was not started in time");
      return;
    }
    let complaint = "";
    try {
      const child = spawn(program, words, {
        shell: false,
        env: { PATH: path, LANG: "C.UTF-8", ...env },
        cwd: "/",
        // A group of its own, so that what it started can be killed with it.
        detached: true,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const killAll = (): void => kill(child.pid);
      const settle = (why: string | null): void => {
        signal.removeEventListener("abort", killAll);
        child.stderr.destroy();
        resolve(why);
      };
      signal.addEventListener("abort", killAll, { once: true });
      child.stderr.on("data", (piece: Buffer) => {
        if (complaint.length < complaintBytesMax) complaint += piece.toString("utf8");
      });
      child.on("error", (error) => settle(`cannot run ${program}: ${error.message}`));
      child.on("exit", (code, killedBy) => {
        if (code === 0) settle(null);
        else if (signal.aborted) settle("it did not end in time and was killed");
        else settle(endText(code, killedBy, complaint));
      });
    } catch (error) {
      resolve(`cannot run ${program}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

function endText(code: number | null, killedBy: string | null, complaint: string): string {
  const said = complaint
    .slice(0, complaintBytesMax)
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  const end = code === null ? `it was ended by ${killedBy}` : `it ended with ${code}`;
  return said === "" ? end : `${end}: ${said}`;
}

/** The facts of the worst alarm of a message, for the program's environment. */
export function commandEnv(
  message: Message,
  site: SiteHead,
  lang: "zh" | "en" | "both",
): Record<string, string> {
  const head = {
    HAZGATE_KIND: message.kind,
    HAZGATE_SITE: site.id,
    HAZGATE_BOX: site.box,
    HAZGATE_TEXT: messageText(message, site, lang),
    ...factsOf(message),
  };
  return Object.fromEntries(
    Object.entries(head).map(([name, value]) => [name, value.replaceAll("\0", "").slice(0, 8_000)]),
  );
}

function factsOf(message: Message): Record<string, string> {
  if (message.kind === "self") {
    const { source, isStanding } = message.trouble;
    const event = isStanding ? "raise" : "return";
    return {
      HAZGATE_EVENT: event,
      HAZGATE_TYPE: "SELF",
      HAZGATE_PRIORITY: "1",
      HAZGATE_SOURCE: source,
    };
  }
  if (message.kind === "test") return { HAZGATE_EVENT: "test" };
  const more = Object.values(message.more).reduce((sum, count) => sum + count, 0);
  const count = String(message.listed.length + more);
  const event = message.listed[0]?.event;
  if (event === undefined) return { HAZGATE_COUNT: count };
  return {
    HAZGATE_COUNT: count,
    HAZGATE_EVENT: event.event,
    HAZGATE_TYPE: event.type,
    HAZGATE_PRIORITY: String(event.priority),
    HAZGATE_SOURCE: event.source,
    HAZGATE_TANK: event.tank ?? "",
    HAZGATE_VALUE: event.value === null ? "" : String(event.value),
    HAZGATE_UNIT: event.unit,
    HAZGATE_LIMIT: event.limit === null ? "" : String(event.limit),
    HAZGATE_STATE: event.stateAfter,
    HAZGATE_ALARM_ID: event.alarmId,
  };
}
