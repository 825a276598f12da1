/** A camera for tests on real sockets: ONVIF, pictures, logins of all kinds, and every way of misbehaving that we know. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Pair } from "../fakes/certificates.ts";
import { answerTo, faultMessage, type Make, type Saying, shapes } from "./onvifAnswers.ts";
import { createLoginGate, type DeviceLogin } from "./onvifLoginGate.ts";

/** What it does in place of answering. */
export type Misdeed =
  | "endless"
  | "drip"
  | "silent"
  | "reset"
  | "reset-within"
  | "redirect"
  | "html"
  | "gzip"
  | "long-header"
  | "claims-huge"
  | "not-http"
  | "cut"
  | "error-500"
  | { readonly body: string };

export interface DeviceOptions {
  readonly make?: Make;
  readonly login?: DeviceLogin;
  readonly password?: string;
  readonly nonceUsesMax?: number;
  readonly clockOffsetMs?: number;
  readonly tls?: Pair;
  /** What it writes as its own HTTP addresses; default: where it really is. */
  readonly origins?: readonly string[];
  readonly rtspOrigin?: string;
  readonly picture?: Buffer;
  /** Actions that it does not know. */
  readonly lacks?: readonly string[];
}

export interface OnvifDevice extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  /** Its device service. */
  readonly url: string;
  readonly snapshotUrl: string;
  /** Actions asked so far, in order, and pictures as `snapshot`. */
  readonly asked: readonly string[];
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingMessage["headers"][];
  /** Sockets that are open now. */
  readonly open: number;
  /** From now on: for pictures and SOAP alike, or only for one action. */
  misbehave(misdeed: Misdeed | null, action?: string): void;
  notice(topic: string, item: string, state: string): void;
  setClockOffset(ms: number): void;
}

export const username = "operator";
export const password = 'Pl@nt <&"密码> 7';

/** A JPEG by its first and last bytes; the mark lies between. */
export function markedPicture(mark: string): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.from(`mark:${mark};`),
    Buffer.alloc(2_000, 0x55),
    Buffer.from([0xff, 0xd9]),
  ]);
}

export async function startOnvifDevice(options: DeviceOptions = {}): Promise<OnvifDevice> {
  const make = options.make ?? "hikvision";
  const gate = createLoginGate({
    login: options.login ?? "none",
    ...{ username, password: options.password ?? password },
    ...(options.nonceUsesMax === undefined ? {} : { nonceUsesMax: options.nonceUsesMax }),
  });
  const asked: string[] = [];
  const bodies: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const sockets = new Set<Socket>();
  const misdeeds = new Map<string, Misdeed>();
  const events: { topic: string; item: string; state: string }[] = [];
  let subscription = 0;
  let clockOffsetMs = options.clockOffsetMs ?? 0;
  let origin = "";

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    headers.push(request.headers);
    const body = await readBody(request);
    const action = request.method === "GET" ? "snapshot" : actionOf(body);
    const misdeed = misdeeds.get(action) ?? misdeeds.get("*");
    const challenges = gate.http(request);
    if (challenges !== null) {
      asked.push(`${action} 401`);
      response.writeHead(401, { "www-authenticate": [...challenges] }).end("<html>no</html>");
      return;
    }
    asked.push(action);
    bodies.push(body);
    if (misdeed !== undefined) {
      doWrong(misdeed, { request, response });
      return;
    }
    if (action === "snapshot") {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.end(options.picture ?? markedPicture("x"));
      return;
    }
    const nowMs = Date.now() + clockOffsetMs;
    const send = (status: number, xml: string): void => {
      response.writeHead(status, { "content-type": "application/soap+xml; charset=utf-8" });
      response.end(xml);
    };
    if (action !== "GetSystemDateAndTime" && !gate.isTokenGood(body, nowMs)) {
      send(400, faultMessage(make, "NotAuthorized", "Sender not Authorized"));
      return;
    }
    if (action === "CreatePullPointSubscription") subscription += 1;
    const say: Saying = {
      ...{ make, nowMs, subscription, origins: options.origins ?? [origin] },
      rtspOrigin: options.rtspOrigin ?? "rtsp://127.0.0.1:8554",
      events: action === "PullMessages" ? events.splice(0) : [],
    };
    if (action === "PullMessages" && say.events.length === 0) await pause(40);
    const isLacking = options.lacks?.includes(action) === true;
    const xml = isLacking ? null : answerTo(action, body, say);
    if (xml === null) send(500, faultMessage(make, "ActionNotSupported", "Optional Action"));
    else send(200, xml);
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => response.destroy());
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ cert: tls.cert, key: tls.key }, listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  origin = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  return {
    ...{ port, origin, asked, bodies, headers },
    url: `${origin}/onvif/device_service`,
    snapshotUrl: `${origin}${shapes[make].snapshot.replaceAll("&amp;", "&")}`,
    get open() {
      return sockets.size;
    },
    misbehave(misdeed, action = "*") {
      if (misdeed === null) misdeeds.delete(action);
      else misdeeds.set(action, misdeed);
    },
    notice: (topic, item, state) => void events.push({ topic, item, state }),
    setClockOffset(ms) {
      clockOffsetMs = ms;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function actionOf(body: string): string {
  return /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? "?";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function doWrong(
  misdeed: Misdeed,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const { socket } = request;
  if (typeof misdeed === "object") {
    response.writeHead(200).end(misdeed.body);
    return;
  }
  const drip = (bytes: number, everyMs: number): void => {
    response.writeHead(200, { "content-type": "image/jpeg" });
    const timer = setInterval(() => response.write(Buffer.alloc(bytes, 0x20)), everyMs);
    response.on("close", () => clearInterval(timer));
  };
  const acts: Readonly<Record<Exclude<Misdeed, object>, () => void>> = {
    endless: () => drip(256 * 1024, 1),
    drip: () => drip(1, 100),
    silent: () => {},
    reset: () => void socket.resetAndDestroy(),
    "reset-within": () => {
      response.writeHead(200, { "content-length": "5000" });
      response.write(Buffer.alloc(1_000));
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    redirect: () =>
      void response.writeHead(302, { location: "http://a:b@169.254.169.254/latest" }).end(),
    html: () =>
      void response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!DOCTYPE html><html><body>Please log in</body></html>"),
    gzip: () => void response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    "long-header": () => {
      socket.write(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(200_000)}\r\n\r\n`);
    },
    "claims-huge": () => {
      response.writeHead(200, { "content-length": String(1024 ** 4) });
      response.write("x");
    },
    "not-http": () => void socket.end("SSH-2.0-dropbear\r\n"),
    cut: () => {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.end(markedPicture("cut").subarray(0, 500));
    },
    "error-500": () => void response.writeHead(500).end("oops"),
  };
  acts[misdeed]();
}
