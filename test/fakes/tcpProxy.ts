/** A TCP hop that misbehaves on demand: delays, goes black, resets, trickles. */

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * - `pass`: bytes go through after `delayMs`.
 * - `black`: connections stay open, bytes vanish, new connections are accepted and lead nowhere.
 * - `trickle`: towards the target one byte a second goes through.
 * - `refuse`: existing connections are reset, new ones too.
 */
export type ProxyMode = "pass" | "black" | "trickle" | "refuse";

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  mode: ProxyMode;
  delayMs: number;
  /** Connections taken so far. */
  readonly accepted: number;
  /** Cuts all connections that are open now, with RST. */
  resetAll(): void;
}

export async function startTcpProxy(target: { port: number; host?: string }): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const state = { mode: "pass" as ProxyMode, delayMs: 0, accepted: 0 };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    state.accepted += 1;
    if (state.mode === "refuse") {
      near.resetAndDestroy();
      return;
    }
    if (state.mode === "black") {
      open.add(near);
      near.on("close", () => open.delete(near));
      near.on("error", () => near.destroy());
      near.resume();
      return;
    }
    const far = connect({ port: target.port, host: target.host ?? "127.0.0.1", noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    pump({ from: near, to: far, isUpward: true, state });
    pump({ from: far, to: near, isUpward: false, state });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const resetAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    get mode() {
      return state.mode;
    },
    set mode(mode) {
      state.mode = mode;
      if (mode === "refuse") resetAll();
    },
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(ms) {
      state.delayMs = ms;
    },
    get accepted() {
      return state.accepted;
    },
    resetAll,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function pump(path: {
  readonly from: Socket;
  readonly to: Socket;
  readonly isUpward: boolean;
  readonly state: { mode: ProxyMode; delayMs: number };
}): void {
  const { from, to, state } = path;
  const write = (bytes: Buffer): void => {
    if (!to.destroyed && to.writable) to.write(bytes);
  };
  from.on("data", (bytes) => {
    if (state.mode === "black") return;
    if (state.mode === "trickle" && path.isUpward) {
      from.pause();
      trickle(bytes, write, () => from.resume());
    } else if (state.delayMs === 0) write(bytes);
    else setTimeout(() => write(bytes), state.delayMs);
  });
  from.on("error", () => to.resetAndDestroy());
  from.on("close", () => {
    // A hole does not tell the other side that somebody hung up.
    if (state.mode !== "black") to.destroy();
  });
  from.on("end", () => {
    if (state.mode !== "black") to.end();
  });
}

function trickle(bytes: Buffer, write: (bytes: Buffer) => void, done: () => void): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at >= bytes.length) {
      clearInterval(timer);
      done();
      return;
    }
    write(bytes.subarray(at, at + 1));
    at += 1;
  }, 1_000);
  timer.unref();
}
