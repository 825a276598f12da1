/** A camera written by hand: answers as told, sends what it is told, for everything that GStreamer would never do. */

import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly sequence: string;
  /** Head of the request as it came. */
  readonly text: string;
  /** How many requests this connection had before. */
  readonly index: number;
}

interface ScriptedCamera extends AsyncDisposable {
  readonly port: number;
  url(name: string): string;
  /** Connections taken so far, and those open now. */
  readonly taken: number;
  readonly open: number;
}

/** `react` writes the answer, if there is to be one. */
export async function startScriptedCamera(
  react: (asked: Asked, socket: Socket) => void,
): Promise<ScriptedCamera> {
  const sockets = new Set<Socket>();
  const counts = { taken: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    counts.taken += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    let index = 0;
    socket.on("data", (chunk) => {
      const heads = (text + chunk.toString("latin1")).split("\r\n\r\n");
      text = heads.pop() ?? "";
      for (const head of heads) {
        const [, method = "", uri = ""] = /^(\S+) (\S+)/.exec(head) ?? [];
        const sequence = /^CSeq: (\d+)/m.exec(head)?.[1] ?? "";
        react({ method, uri, sequence, text: head, index }, socket);
        index += 1;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: (name) => `rtsp://127.0.0.1:${port}/${name}`,
    get taken() {
      return counts.taken;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function answer(
  { sequence }: Pick<Asked, "sequence">,
  parts: {
    readonly status?: string;
    readonly headers?: readonly string[];
    readonly body?: string;
  } = {},
): Buffer {
  const { status = "200 OK", headers = [], body = "" } = parts;
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, ...headers, ...length];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

export const sps: Buffer = Buffer.from("674d400cda05067e7c0440000003004000000ca3c50aa8", "hex");
export const pps: Buffer = Buffer.from("68ef3c80", "hex");

/** What a well-behaved camera answers; `headers` and `sdpLines` are added. */
export function usualAnswer(
  asked: Asked,
  extra: { readonly headers?: readonly string[]; readonly sdp?: string } = {},
): Buffer {
  const { headers = [], sdp = usualSdp() } = extra;
  switch (asked.method) {
    case "OPTIONS":
      return answer(asked, {
        headers: ["Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER", ...headers],
      });
    case "DESCRIBE":
      return answer(asked, {
        headers: ["Content-Type: application/sdp", `Content-Base: ${asked.uri}/`, ...headers],
        body: sdp,
      });
    case "SETUP":
      return answer(asked, {
        headers: [
          "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
          "Session: 12345678;timeout=60",
          ...headers,
        ],
      });
    default:
      return answer(asked, { headers });
  }
}

export function usualSdp(lines: readonly string[] = []): string {
  return [
    ...["v=0", "o=- 1 1 IN IP4 10.9.8.7", "s=stream", "t=0 0", "a=control:*"],
    ...["m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=control:trackID=1"],
    ...["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000"],
    `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${sps.toString("base64")},${pps.toString("base64")}`,
    ...["a=control:trackID=2", ...lines, ""],
  ].join("\r\n");
}

/** `$`, channel, size, then the packet. */
export function framed(packet: Buffer, channel = 0): Buffer {
  const head = Buffer.of(0x24, channel, packet.length >> 8, packet.length & 255);
  return Buffer.concat([head, packet]);
}

export function rtp(parts: {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker?: boolean;
  readonly payload: Uint8Array;
  readonly payloadType?: number;
}): Buffer {
  const { sequence, timestamp, marker = false, payload, payloadType = 96 } = parts;
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = (marker ? 0x80 : 0) | payloadType;
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(0x1234_5678, 8);
  return Buffer.concat([head, payload]);
}

/** One H.264 NAL unit as single packet, or as FU-A pieces of `pieceBytes`. */
export function payloadsOf(nal: Buffer, pieceBytes = 1_200): Buffer[] {
  if (nal.length <= pieceBytes) return [nal];
  const header = nal[0] ?? 0;
  const body = nal.subarray(1);
  const count = Math.ceil(body.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => {
    const flags = (index === 0 ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
    const piece = body.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    return Buffer.concat([Buffer.of((header & 0xe0) | 28, flags | (header & 31)), piece]);
  });
}

/** A picture whose one slice is filled with `mark`; key pictures every five. */
export function slice(index: number, mark: Buffer, sizeBytes: number): Buffer {
  return Buffer.concat([Buffer.of(index % 5 === 0 ? 0x65 : 0x41), Buffer.alloc(sizeBytes, mark)]);
}

/** Frames of whole pictures, 40 ms apart. */
export function framesOf(slices: readonly Buffer[], startSequence = 65_530): Buffer[] {
  let sequence = startSequence;
  return slices.flatMap((nal, index) => {
    const payloads = payloadsOf(nal);
    return payloads.map((payload, at) => {
      sequence += 1;
      const marker = at === payloads.length - 1;
      // Starts just before the 32 bit time wraps.
      return framed(rtp({ sequence, timestamp: 0xffff_ff00 + index * 3_600, marker, payload }));
    });
  });
}
