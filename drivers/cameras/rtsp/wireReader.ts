/**
 * The bytes of an RTSP connection taken apart: messages and interleaved frames (RFC 2326, 10.12).
 *
 * A frame that lies whole in one chunk is handed on where it lies; one that is cut is put together once. Whatever
 * comes, no more is kept than one frame (64 KiB) or one message within the bounds below.
 */

import { fail, ok, type Result } from "../../../config/words/result.ts";

export interface RtspMessage {
  /** Of an answer; null: it is the camera that asks. */
  readonly status: number | null;
  /** Of a request of the camera, e.g. REDIRECT; empty in an answer. */
  readonly method: string;
  /** Names in small letters; a header that came twice has two values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

export interface WireEars {
  onMessage(message: RtspMessage): void;
  /** `frame` is not touched again by the reader. */
  onFrame(channel: number, frame: Buffer): void;
}

export const headBytesMax = 16_384;
export const headerCountMax = 100;
export const bodyBytesMax = 65_536;

const dollar = 0x24;
const frameHeadBytes = 4;
const nothing = Buffer.alloc(0);

interface OpenFrame {
  readonly channel: number;
  readonly bytes: Buffer;
  filledBytes: number;
}

export class WireReader {
  readonly #ears: WireEars;
  /** A frame of which the end has not come. */
  #frame: OpenFrame | null = null;
  /** The begin of a message, or of a frame's own head. */
  #rest: Buffer = nothing;

  constructor(ears: WireEars) {
    this.#ears = ears;
  }

  /** @returns what is wrong with the bytes; the reader is of no use after that. Null: all is well. */
  push(chunk: Buffer): string | null {
    const fresh = this.#fillFrame(chunk);
    let bytes = fresh;
    if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, fresh]);
      this.#rest = nothing;
    }
    let at = 0;
    while (at < bytes.length) {
      const first = bytes[at];
      if (first === 0x0d || first === 0x0a) {
        at += 1;
        continue;
      }
      const taken =
        first === dollar ? ok(this.#takeFrame(bytes, at)) : this.#takeMessage(bytes, at);
      if (!taken.ok) return taken.error;
      if (taken.value === null) {
        // A copy: the chunk it lies in may be large.
        this.#rest = Buffer.from(bytes.subarray(at));
        return null;
      }
      at = taken.value;
    }
    return null;
  }

  /** @returns what of the chunk lies behind the frame that was open. */
  #fillFrame(chunk: Buffer): Buffer {
    const frame = this.#frame;
    if (frame === null) return chunk;
    const taken = Math.min(chunk.length, frame.bytes.length - frame.filledBytes);
    chunk.copy(frame.bytes, frame.filledBytes, 0, taken);
    frame.filledBytes += taken;
    if (frame.filledBytes === frame.bytes.length) {
      this.#frame = null;
      this.#ears.onFrame(frame.channel, frame.bytes);
    }
    return chunk.subarray(taken);
  }

  /** @returns where the frame ends; null when its head is not whole. */
  #takeFrame(bytes: Buffer, at: number): number | null {
    if (bytes.length - at < frameHeadBytes) return null;
    const channel = bytes[at + 1] ?? 0;
    const sizeBytes = bytes.readUInt16BE(at + 2);
    const begin = at + frameHeadBytes;
    const end = begin + sizeBytes;
    if (end <= bytes.length) {
      this.#ears.onFrame(channel, bytes.subarray(begin, end));
      return end;
    }
    const open = Buffer.allocUnsafeSlow(sizeBytes);
    this.#frame = { channel, bytes: open, filledBytes: bytes.copy(open, 0, begin) };
    return bytes.length;
  }

  /** @returns where the message ends; null when it is not whole. */
  #takeMessage(bytes: Buffer, at: number): Result<number | null, string> {
    if (!isCapital(bytes[at])) return fail("bytes that are neither RTSP nor a frame of it");
    const head = bytes.subarray(at, at + headBytesMax);
    const endInHead = endOfHead(head);
    if (endInHead === null) {
      return head.length < headBytesMax ? ok(null) : fail(`a head of over ${headBytesMax} bytes`);
    }
    const parsed = parseHead(head.toString("latin1", 0, endInHead));
    if (!parsed.ok) return parsed;
    const bodyAt = at + endInHead;
    const end = bodyAt + parsed.value.bodyBytes;
    if (end > bytes.length) return ok(null);
    this.#ears.onMessage({ ...parsed.value, body: bytes.subarray(bodyAt, end) });
    return ok(end);
  }
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}

/** Behind the empty line; some cameras end their lines with LF alone. */
function endOfHead(head: Buffer): number | null {
  const strict = head.indexOf("\r\n\r\n");
  const loose = head.indexOf("\n\n");
  if (strict < 0 && loose < 0) return null;
  if (strict >= 0 && (loose < 0 || strict < loose)) return strict + 4;
  return loose + 2;
}

function parseHead(
  text: string,
): Result<Omit<RtspMessage, "body"> & { readonly bodyBytes: number }, string> {
  const [first = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length > headerCountMax) return fail(`over ${headerCountMax} headers`);
  const answer = /^RTSP\/1\.\d (\d{3})(?: |$)/.exec(first);
  const request = /^([A-Z_]{3,20}) \S+ RTSP\/1\.\d$/.exec(first);
  if (answer === null && request === null) return fail("a first line that is no RTSP");
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) return fail("a header without a colon");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  const lengthText = headers.get("content-length")?.[0] ?? "0";
  const bodyBytes = /^\d{1,10}$/.test(lengthText) ? Number(lengthText) : Number.NaN;
  if (Number.isNaN(bodyBytes)) return fail("a Content-Length that is no number");
  if (bodyBytes > bodyBytesMax) return fail(`a body of over ${bodyBytesMax} bytes`);
  const status = answer === null ? null : Number(answer[1]);
  return ok({ status, method: request?.[1] ?? "", headers, bodyBytes });
}
