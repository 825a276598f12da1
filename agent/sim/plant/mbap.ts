/** Modbus TCP frames on the server's side: out of the stream, and back. Pure. */

export const mbapBytes = 7;
const lengthMax = 254;

/**
 * The whole frames at the head of `bytes` and what is left.
 * Null when this is no Modbus TCP: the connection is lost then, as there is no way to find the next frame.
 */
export function splitFrames(
  bytes: Buffer,
): { readonly frames: readonly Buffer[]; readonly rest: Buffer } | null {
  const frames: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= mbapBytes) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes.readUInt16BE(at + 2) !== 0 || length < 2 || length > lengthMax) return null;
    if (bytes.length - at < 6 + length) break;
    frames.push(bytes.subarray(at, at + 6 + length));
    at += 6 + length;
  }
  return { frames, rest: bytes.subarray(at) };
}

/** The reply to `request`: its transaction and unit, with this PDU. */
export function replyFrame(request: Buffer, pdu: Uint8Array): Buffer {
  const frame = Buffer.alloc(mbapBytes + pdu.length);
  request.copy(frame, 0, 0, mbapBytes);
  frame.writeUInt16BE(1 + pdu.length, 4);
  frame.set(pdu, mbapBytes);
  return frame;
}
