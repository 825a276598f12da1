/** The stream of a simulated camera: RTSP 1.0 (RFC 2326) over one TCP connection, one H.264 track, no login. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Clock, Timer } from "../../../config/words/time.ts";
import type { Film } from "./film.ts";
import { clockRate, RtpPacketiser } from "./rtpPackets.ts";

export interface RtspServer extends AsyncDisposable {
  readonly port: number;
  /** From the next picture on; null, as at the start: the camera hangs up on who looks. */
  show(film: Film | null): void;
}

const requestBytesMax = 8_192;
const path = "/main";

export async function startRtspServer(options: {
  readonly host: string;
  readonly clock: Clock;
}): Promise<RtspServer> {
  const { host, clock } = options;
  let film: Film | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (film === null) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const session = new Session(socket, { clock, film: () => film });
    socket.on("data", (bytes) => session.take(bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      session.end();
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, host, resolve);
  });
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    show(next) {
      film = next;
      if (film === null) hangUp();
    },
    async [Symbol.asyncDispose]() {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function streamUrl(host: string, port: number): string {
  return `rtsp://${host}:${port}${path}`;
}

class Session {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #film: () => Film | null;
  readonly #packetiser = new RtpPacketiser({ ssrc: 0x68617a67, channel: 0 });
  #waiting = Buffer.alloc(0);
  #timer: Timer | null = null;
  #next = 0;
  #startMs = 0;

  constructor(
    socket: Socket,
    options: { readonly clock: Clock; readonly film: () => Film | null },
  ) {
    this.#socket = socket;
    this.#clock = options.clock;
    this.#film = options.film;
  }

  take(bytes: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    for (;;) {
      // Receiver reports come framed between the requests: they are not looked at.
      if (this.#waiting[0] === 0x24) {
        const length = this.#waiting.length < 4 ? Infinity : 4 + this.#waiting.readUInt16BE(2);
        if (this.#waiting.length < length) return;
        this.#waiting = this.#waiting.subarray(length);
        continue;
      }
      const end = this.#waiting.indexOf("\r\n\r\n");
      if (end === -1) {
        if (this.#waiting.length > requestBytesMax) this.#socket.destroy();
        return;
      }
      const request = this.#waiting.subarray(0, end).toString("latin1");
      this.#waiting = this.#waiting.subarray(end + 4);
      this.#answer(request);
    }
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #answer(request: string): void {
    const method = request.slice(0, request.indexOf(" "));
    const sequence = /^cseq:\s*(\d+)/im.exec(request)?.[1] ?? "0";
    const url = request.split(/\s+/)[1] ?? "";
    const film = this.#film();
    if (film === null) return;
    const reply = (lines: readonly string[], body = ""): void => {
      const head = ["RTSP/1.0 200 OK", `CSeq: ${sequence}`, ...lines];
      if (body !== "") head.push(`Content-Length: ${Buffer.byteLength(body)}`);
      this.#socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
    };
    switch (method) {
      case "DESCRIBE":
        reply(["Content-Type: application/sdp", `Content-Base: ${url}/`], description(film));
        break;
      case "SETUP":
        reply(["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1;timeout=60"]);
        break;
      case "PLAY":
        reply(["Session: 1", "Range: npt=0-"]);
        this.#play();
        break;
      case "TEARDOWN":
        reply(["Session: 1"]);
        this.#socket.end();
        break;
      case "OPTIONS":
        reply(["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]);
        break;
      case "GET_PARAMETER":
        reply(["Session: 1"]);
        break;
      default:
        this.#socket.write(`RTSP/1.0 405 Method Not Allowed\r\nCSeq: ${sequence}\r\n\r\n`);
    }
  }

  #play(): void {
    if (this.#timer !== null) return;
    this.#startMs = this.#clock.monotonicMs();
    this.#send();
  }

  #send(): void {
    const film = this.#film();
    if (film === null || this.#socket.destroyed) return;
    const picture = film.pictures[this.#next % film.pictures.length];
    const timestamp = Math.round((this.#next * clockRate) / film.fps);
    // A reader that does not keep up loses pictures, as from a real camera.
    if (picture !== undefined && this.#socket.writableLength < 1_000_000) {
      const sets = picture.isKey ? [film.sps, film.pps] : [];
      this.#socket.write(this.#packetiser.packets(picture, sets, timestamp));
    }
    this.#next += 1;
    const dueMs = this.#startMs + (this.#next * 1_000) / film.fps;
    this.#timer = this.#clock.timer(Math.max(1, dueMs - this.#clock.monotonicMs()), () =>
      this.#send(),
    );
  }
}

function description({ sps, pps }: Film): string {
  const sets = [sps, pps].map((one) => Buffer.from(one).toString("base64")).join(",");
  const profile = Buffer.from(sps.subarray(1, 4)).toString("hex");
  return [
    "v=0",
    "o=- 0 0 IN IP4 127.0.0.1",
    "s=hazgate simulated camera",
    "t=0 0",
    "m=video 0 RTP/AVP 96",
    "c=IN IP4 0.0.0.0",
    "a=rtpmap:96 H264/90000",
    `a=fmtp:96 packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`,
    "a=control:track1",
    "",
  ].join("\r\n");
}
