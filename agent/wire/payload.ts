/** A record's bytes as sent and stored: envelope JSON, zstd-compressed where that is smaller. */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { type Envelope, envelopeSchema } from "./envelope.ts";

/** Most bytes one record may have. */
export const recordBytesMax = 256 * 1024;
/** Most bytes a record may unfold to: a bound for whoever decompresses. */
export const recordTextMax = 16 * 1024 * 1024;

export type Encoding = "json" | "json+zstd";

export interface Payload {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
}

/** Shorter texts stay readable as they are: there is little to win. */
const compressFrom = 1024;
const level = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** `text` is the envelope's JSON in UTF-8; it is copied. */
export function sealPayload(text: Uint8Array): Payload {
  if (text.length >= compressFrom) {
    const bytes = zstdCompressSync(text, level);
    if (bytes.length < text.length) return { bytes, encoding: "json+zstd" };
  }
  return { bytes: text.slice(), encoding: "json" };
}

/** Reads a payload of either encoding by its first bytes. Fails with a sentence. */
export function openPayload(bytes: Uint8Array): Result<Envelope, string> {
  const text = payloadText(bytes);
  if (!text.ok) return text;
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(text.value));
    return envelope.success ? ok(envelope.data) : fail(envelope.error.message);
  } catch {
    return fail("no JSON");
  }
}

/** The JSON text inside a payload. */
export function payloadText(bytes: Uint8Array): Result<string, string> {
  const isZstd = zstdMagic.every((byte, index) => bytes[index] === byte);
  try {
    const text = isZstd ? zstdDecompressSync(bytes, { maxOutputLength: recordTextMax }) : bytes;
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    return fail(isZstd ? "damaged zstd frame" : "no UTF-8 text");
  }
}
