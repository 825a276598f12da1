/** What a register holds at which moment: each value tells which register it is and when it was read. */

import type { RegisterTable } from "../../../drivers/contract.ts";
import { replyBytes, type SeenRequest } from "../../fakes/modbusFrames.ts";

/** `tick` counts the reads of the far end, so that a value of an earlier question is told from this one's. */
export function wordAt(request: SeenRequest, address: number, tick: number): number {
  const where = Math.imul(
    (request.unit << 24) ^ (request.functionCode << 20) ^ address,
    0x9e3779b1,
  );
  if (request.functionCode > 2) return ((where >>> 16) ^ tick) & 0xffff;
  const when = Math.imul(where ^ (tick + 1), 0x85ebca6b);
  return (when >>> 15) & 1;
}

/** Unit, function, byte count and data of the right reply. */
export function rightReply(request: SeenRequest, tick: number): readonly number[] {
  return replyBytes(request, (address) => wordAt(request, address, tick));
}

export const codeOf: Readonly<Record<RegisterTable, number>> = {
  coil: 1,
  discrete: 2,
  holding: 3,
  input: 4,
};

/** A request as the far end reads it. */
export function requestOf(bytes: Buffer, isTcp: boolean): SeenRequest {
  const pdu = isTcp ? bytes.subarray(6) : bytes;
  return {
    transactionId: isTcp ? bytes.readUInt16BE(0) : 0,
    unit: pdu[0] ?? 0,
    functionCode: pdu[1] ?? 0,
    address: pdu.readUInt16BE(2),
    count: pdu.readUInt16BE(4),
  };
}
