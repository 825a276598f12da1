/** Targets, alarms and receivers for the tests of announcing. */

import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import type { CommandTarget, PostTarget, SiteHead } from "../../agent/announce/announcement.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

export const site: SiteHead = {
  id: "farm",
  box: "gw-01",
  name: "某某石化罐区",
  timezone: "Asia/Shanghai",
};
export const at = {
  wallMs: wallMs(Date.UTC(2026, 10, 24, 15, 8, 11)),
  monotonicMs: monotonicMs(5),
};

export function alarm(changes: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    ...{
      alarmId: "01A",
      source: "LT-101",
      tank: "V-101",
      hazard: null,
      type: "HH",
      event: "raise",
    },
    ...{ value: 11213.4, quality: "good", unit: "mm", limit: 11040, priority: 1 },
    ...{ stateAfter: "unacked", reason: "", at, ...changes },
  } as AlarmEvent;
}

const head = {
  id: "t",
  priorities: [1, 2, 3, 4],
  events: ["raise", "escalate", "re-alarm"],
  lang: "zh",
  ...{ perMinute: 60, maxAgeMs: 600_000, timeoutMs: 1_000 },
} as const;

export function postTarget(changes: Partial<PostTarget> = {}): PostTarget {
  return {
    ...head,
    ...{ kind: "webhook", url: "http://127.0.0.1:1/", secret: null, token: null },
    ...{ headers: {}, ca: null, mentionAll: [], ...changes },
  } as PostTarget;
}

export function commandTarget(run: readonly string[], timeoutMs = 5_000): CommandTarget {
  return { ...head, kind: "command", run, timeoutMs };
}

export const facts = {
  name: () => "苯储罐液位",
  tankName: () => "V-101 苯储罐",
  advice: () => "停止进料",
  decimals: () => 0,
};

export interface Receiver extends AsyncDisposable {
  readonly url: string;
}

export async function receiver(answer: RequestListener): Promise<Receiver> {
  return await listening(createServer(answer), "http");
}

export async function listening(server: Server, scheme: string): Promise<Receiver> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${port}/robot/send?access_token=PLANTED-SECRET-TOKEN`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
