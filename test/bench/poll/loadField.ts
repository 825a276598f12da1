/** The plant as a process: Modbus TCP servers that answer at once and count what they served. */

import { createServer, type Socket } from "node:net";
import { answer, settingsOf } from "../measure/child.ts";
import { type FieldShape, identityOf, tickAt, ticks } from "./fieldShape.ts";

export interface FieldCounts {
  /** Register values served since the start. */
  readonly registers: number;
  readonly requests: number;
  /** Requests with another function code than 3, or outside the map: must stay 0. */
  readonly strange: number;
}

const readHolding = 3;
const requestBytes = 12;
const replyHeadBytes = 9;

const shape = settingsOf<FieldShape>();
const counts = { registers: 0, requests: 0, strange: 0 };

function serve(socket: Socket, identities: readonly Float64Array[]): void {
  let held: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const replies: Buffer[] = [];
    while (held.length >= requestBytes) {
      replies.push(replyTo(held.subarray(0, requestBytes), identities));
      held = held.subarray(requestBytes);
    }
    if (replies.length > 0)
      socket.write(replies.length === 1 ? (replies[0] ?? "") : Buffer.concat(replies));
  });
}

function replyTo(request: Buffer, identities: readonly Float64Array[]): Buffer {
  const unit = request[6] ?? 0;
  const address = request.readUInt16BE(8);
  const count = request.readUInt16BE(10);
  const values = identities[unit];
  counts.requests += 1;
  const isWithin =
    request[7] === readHolding &&
    values !== undefined &&
    count >= 1 &&
    count <= 125 &&
    address + count <= values.length * 2;
  if (!isWithin) {
    counts.strange += 1;
    return Buffer.from([request[0] ?? 0, request[1] ?? 0, 0, 0, 0, 3, unit, 0x83, 2]);
  }
  counts.registers += count;
  const reply = Buffer.allocUnsafe(replyHeadBytes + count * 2);
  reply[0] = request[0] ?? 0;
  reply[1] = request[1] ?? 0;
  reply.writeUInt32BE(3 + count * 2, 2);
  reply[6] = unit;
  reply[7] = readHolding;
  reply[8] = count * 2;
  fill({ reply, values, address, count });
  return reply;
}

const oneFloat = Buffer.alloc(4);

/** The tick is the same for the whole reply: a reply is one moment of the device. */
function fill(parts: {
  readonly reply: Buffer;
  readonly values: Float64Array;
  readonly address: number;
  readonly count: number;
}): void {
  const { reply, values, address, count } = parts;
  const tick = tickAt(Date.now());
  for (let register = address; register < address + count; register += 1) {
    const isHigh = register % 2 === 0;
    const at = replyHeadBytes + (register - address) * 2;
    oneFloat.writeFloatBE((values[register >> 1] ?? 0) * ticks + tick, 0);
    reply[at] = oneFloat[isHigh ? 0 : 2] ?? 0;
    reply[at + 1] = oneFloat[isHigh ? 1 : 3] ?? 0;
  }
}

function listen(port: number): Promise<number> {
  const units = Array.from({ length: shape.units + 1 }, (_, unit) =>
    Float64Array.from({ length: unit === 0 ? 0 : shape.floats }, (_unused, index) =>
      identityOf(port, unit, index),
    ),
  );
  const server = createServer((socket) => serve(socket, units));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

const ports = await Promise.all(Array.from({ length: shape.ports }, (_, port) => listen(port)));
answer({ ports: () => ports, counts: (): FieldCounts => ({ ...counts }) });
