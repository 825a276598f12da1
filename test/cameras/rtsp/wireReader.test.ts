/** The bytes of a connection taken apart, however they were cut. */

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bodyBytesMax,
  headBytesMax,
  WireReader,
} from "../../../drivers/cameras/rtsp/wireReader.ts";
import { answer, framed } from "./scriptedCamera.ts";

type Heard =
  | { readonly channel: number; readonly frame: string }
  | { readonly status: number | null; readonly body: string };

function read(chunks: readonly Uint8Array[]): {
  readonly heard: Heard[];
  readonly wrong: string[];
} {
  const heard: Heard[] = [];
  const reader = new WireReader({
    onFrame: (channel, frame) => void heard.push({ channel, frame: frame.toString("hex") }),
    onMessage: ({ status, body }) => void heard.push({ status, body: body.toString("latin1") }),
  });
  const wrong = chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)) ?? []);
  return { heard, wrong };
}

const frame = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 300 })).map(([channel, bytes]) => ({
  bytes: framed(Buffer.from(bytes), channel),
  heard: { channel, frame: Buffer.from(bytes).toString("hex") } as Heard,
}));
const message = fc
  .tuple(fc.integer({ min: 100, max: 999 }), fc.string({ unit: "binary-ascii", maxLength: 80 }))
  .map(([status, body]) => ({
    bytes: answer({ sequence: "1" }, { status: `${status} Words`, body }),
    heard: { status, body } as Heard,
  }));

test("frames and messages come whole and in order, wherever the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(frame, message), { maxLength: 12 }),
      fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 900 })), {
        minLength: 1,
      }),
      (parts, cuts) => {
        const all = Buffer.concat(parts.map(({ bytes }) => bytes));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1;
          chunks.push(all.subarray(at, at + size));
          at += size;
        }
        const { heard, wrong } = read(chunks);
        expect(wrong).toEqual([]);
        expect(heard).toEqual(parts.map((part) => part.heard));
      },
    ),
  );
});

test("a head and a body as large as allowed are taken, one byte more is not", () => {
  const start = "RTSP/1.0 200 OK\r\nX: ";
  const head = (bytes: number): Buffer =>
    Buffer.from(`${start}${"y".repeat(bytes - start.length - 4)}\r\n\r\n`);
  expect(read([head(headBytesMax)]).wrong).toEqual([]);
  expect(read([head(headBytesMax + 1)]).wrong).toHaveLength(1);
  const body = (bytes: number): Buffer => answer({ sequence: "1" }, { body: "z".repeat(bytes) });
  expect(read([body(bodyBytesMax)]).heard).toHaveLength(1);
  expect(read([body(bodyBytesMax + 1)]).wrong).toHaveLength(1);
});

test("any bytes are read or refused, never thrown at", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
      read(chunks);
    }),
  );
});
