/** What many open pages cost the agent: sockets that take what they are sent, as twenty browsers would. */

import { sleep } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import type { Box } from "./box.ts";

const aliveEveryMs = 3_000;
/** After the hellos, which are sent once. */
const settleMs = 3_000;

export interface ClientsCost {
  /** Share of one core in percent: the agent alone, and with all clients. */
  readonly alone: number;
  readonly withClients: number;
  /** Of one client, each second. */
  readonly messagesPerS: number;
  readonly kilobytesPerS: number;
}

export async function timeClients(
  box: Box,
  { count, windowMs }: { readonly count: number; readonly windowMs: number },
): Promise<ClientsCost> {
  const alone = await coreShare(box, windowMs);
  const heard = { messages: 0, bytes: 0 };
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => await client(box, heard)),
  );
  const alive = setInterval(() => {
    for (const socket of sockets) socket.send('{"kind":"alive","isSoundOn":false}');
  }, aliveEveryMs);
  await sleep(settleMs);
  const before = { ...heard };
  const withClients = await coreShare(box, windowMs);
  clearInterval(alive);
  for (const socket of sockets) socket.close();
  const each = count * (windowMs / 1_000);
  return {
    ...{ alone, withClients },
    messagesPerS: (heard.messages - before.messages) / each,
    kilobytesPerS: (heard.bytes - before.bytes) / 1_000 / each,
  };
}

async function coreShare(box: Box, windowMs: number): Promise<number> {
  const [before, begunMs] = [usageOf(box.pid).cpuS, performance.now()];
  await sleep(windowMs);
  return ((usageOf(box.pid).cpuS - before) / ((performance.now() - begunMs) / 1_000)) * 100;
}

async function client(
  { address, admin }: Box,
  heard: { messages: number; bytes: number },
): Promise<WebSocket> {
  const url = new URL("/api/live", address);
  const headers = { ...admin.headers, origin: url.origin };
  url.protocol = "ws:";
  const socket = new WebSocket(url, { headers });
  socket.onmessage = ({ data }) => {
    heard.messages += 1;
    heard.bytes += String(data).length;
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
}
