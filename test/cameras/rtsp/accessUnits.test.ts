/** Packets to pictures: every way of packing, every header, and packets that are missing. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CodedPicture, StreamFormat } from "../../../drivers/cameras/contract.ts";
import { AccessUnits } from "../../../drivers/cameras/rtsp/accessUnits.ts";
import { h264 } from "../../../drivers/cameras/rtsp/h264.ts";
import { h265 } from "../../../drivers/cameras/rtsp/h265.ts";
import { PacketOrder, parseRtp, StreamTime } from "../../../drivers/cameras/rtsp/rtp.ts";
import { readSdp } from "../../../drivers/cameras/rtsp/sdp.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";
import { payloadsOf, rtp, usualSdp } from "./scriptedCamera.ts";

type Codec = "h264" | "h265";

function receive(codec: Codec, packets: readonly Buffer[]) {
  const pictures: CodedPicture[] = [];
  const formats: StreamFormat[] = [];
  const counts = { lostPackets: 0, damagedPictures: 0, strangePackets: 0 };
  const units = new AccessUnits({
    ...{ coding: codec === "h264" ? h264 : h265, payloadType: 96, clockRate: 90_000 },
    ...{ parameterSets: [], pictureBytesMax: 1_000_000, clock: new FakeClock(), counts },
    ears: {
      onFormat: (format) => void formats.push(format),
      onPicture: (picture) => void pictures.push(picture),
    },
  });
  const wrong = packets.map((packet) => units.push(packet)).find((one) => one !== null) ?? null;
  return { pictures, formats, counts, wrong };
}

/** A NAL unit of a picture, its bytes telling which. */
function nalOf(codec: Codec, type: number, index: number, sizeBytes: number): Buffer {
  const header = codec === "h264" ? [0x60 | type] : [type << 1, 1];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(sizeBytes, index + 1)]);
}

/** H.265: FU pieces, like FU-A with a header of two bytes. */
function payloadsOf265(nal: Buffer, pieceBytes: number): Buffer[] {
  if (nal.length <= pieceBytes) return [nal];
  const type = ((nal[0] ?? 0) >> 1) & 63;
  const body = nal.subarray(2);
  const count = Math.ceil(body.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => {
    const flags = (index === 0 ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
    const head = Buffer.of(49 << 1, nal[1] ?? 0, flags | type);
    return Buffer.concat([head, body.subarray(index * pieceBytes, (index + 1) * pieceBytes)]);
  });
}

function aggregateOf(codec: Codec, nals: readonly Buffer[]): Buffer {
  const sized = nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 255), nal]);
  return Buffer.concat([Buffer.from(codec === "h264" ? [24] : [48 << 1, 1]), ...sized]);
}

const pictureSpec = fc.record({
  isKey: fc.boolean(),
  sizes: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 3 }),
  isAggregated: fc.boolean(),
});
type PictureSpec = typeof pictureSpec extends fc.Arbitrary<infer T> ? T : never;

function pack(codec: Codec, specs: readonly PictureSpec[], pieceBytes: number, first: number) {
  let sequence = first;
  return specs.map(({ isKey, sizes, isAggregated }, index) => {
    const [key, delta] = codec === "h264" ? [5, 1] : [19, 1];
    const nals = sizes.map((size) => nalOf(codec, isKey ? key : delta, index, size));
    const split = codec === "h264" ? payloadsOf : payloadsOf265;
    const payloads = isAggregated
      ? [aggregateOf(codec, nals)]
      : nals.flatMap((nal) => split(nal, pieceBytes));
    const packets = payloads.map((payload, at) => {
      sequence += 1;
      const marker = at === payloads.length - 1;
      return rtp({ sequence, timestamp: 0xffff_f000 + index * 3_600, marker, payload });
    });
    return { nals, packets, isKey };
  });
}

describe.each<Codec>(["h264", "h265"])("%s", (codec) => {
  test("every picture comes as it was packed", () => {
    fc.assert(
      fc.property(
        fc.array(pictureSpec, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 20, max: 1_400 }),
        fc.nat(65_535),
        (specs, pieceBytes, first) => {
          const packed = pack(codec, specs, pieceBytes, first);
          const { pictures, counts } = receive(
            codec,
            packed.flatMap(({ packets }) => packets),
          );
          expect(pictures.map(({ nals }) => nals.map((nal) => Buffer.from(nal)))).toEqual(
            packed.map(({ nals }) => nals),
          );
          expect(pictures.map(({ isKey }) => isKey)).toEqual(packed.map(({ isKey }) => isKey));
          expect(pictures.map(({ streamMs }) => streamMs)).toEqual(packed.map((_, i) => i * 40));
          expect(counts).toEqual({ lostPackets: 0, damagedPictures: 0, strangePackets: 0 });
        },
      ),
    );
  });

  test("with packets missing, only whole pictures come, and all that are surely whole", () => {
    fc.assert(
      fc.property(
        fc.array(pictureSpec, { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 20, max: 400 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 5 })),
        (specs, pieceBytes, dice) => {
          const packed = pack(codec, specs, pieceBytes, 7);
          const all = packed.flatMap(({ packets }, picture) =>
            packets.map((packet) => ({ packet, picture })),
          );
          const isGone = all.map(({ picture }) => picture > 0 && dice.next().value === 0);
          const { pictures, counts } = receive(
            codec,
            all.filter((_, i) => isGone[i] !== true).map(({ packet }) => packet),
          );
          const got = pictures.map(({ nals }) => Buffer.concat(nals).toString("hex"));
          const sent = packed.map(({ nals }) => Buffer.concat(nals).toString("hex"));
          let from = 0;
          for (const one of got) {
            const at = sent.indexOf(one, from);
            expect(at).toBeGreaterThanOrEqual(from);
            from = at + 1;
          }
          const surelyWhole = sent.filter((_, picture) => {
            const own = all.flatMap((one, i) => (one.picture === picture ? [i] : []));
            return [(own[0] ?? 0) - 1, ...own].every((i) => isGone[i] !== true);
          });
          expect(got).toEqual(expect.arrayContaining(surelyWhole));
          const last = isGone.lastIndexOf(false);
          const lost = isGone.slice(0, last).filter(Boolean).length;
          expect(counts.lostPackets).toBe(lost);
        },
      ),
    );
  });
});

describe("RTP", () => {
  test("padding, extension and contributing sources are not part of the payload", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 0, max: 15 }),
        fc.option(fc.integer({ min: 0, max: 5 })),
        fc.integer({ min: 0, max: 20 }),
        (payload, sources, extensionWords, padBytes) => {
          const plain = rtp({ sequence: 9, timestamp: 8, marker: true, payload: new Uint8Array() });
          plain[0] =
            0x80 | sources | (extensionWords === null ? 0 : 0x10) | (padBytes > 0 ? 0x20 : 0);
          const extension =
            extensionWords === null
              ? Buffer.alloc(0)
              : Buffer.concat([
                  Buffer.of(1, 2, 0, extensionWords),
                  Buffer.alloc(extensionWords * 4),
                ]);
          const padding = Buffer.alloc(padBytes, padBytes);
          const packet = Buffer.concat([
            plain,
            Buffer.alloc(sources * 4),
            extension,
            payload,
            padding,
          ]);
          const read = parseRtp(packet);
          expect(read).toMatchObject({ payloadType: 96, marker: true, sequence: 9, timestamp: 8 });
          expect([...(read?.payload ?? [])]).toEqual([...payload]);
        },
      ),
    );
  });

  test("the order of packets: lost ones counted, late ones not taken, a restart believed", () => {
    const order = new PacketOrder();
    const taken = [65_534, 65_535, 0, 3, 2, 4, 40_000, 40_001, 40_002].map((n) => order.take(n));
    const next = (lost: number) => ({ kind: "next", lost });
    const late = { kind: "late" };
    const start = [next(0), next(0), next(0), next(2), late, next(0)];
    expect(taken).toEqual([...start, late, next(1), next(0)]);
  });

  test("the stream's time goes on over its wrap, and may go back a little", () => {
    const time = new StreamTime(90_000);
    const stamps = [0xffff_ffff - 3_599, 0, 7_200, 3_600, 10_800];
    expect(stamps.map((stamp) => time.msOf(stamp))).toEqual([0, 40, 120, 80, 160]);
  });
});

describe("the description", () => {
  test("the first H.264 or H.265 track is taken, others are passed over", () => {
    const read = readSdp(usualSdp());
    expect(read).toMatchObject({
      ok: true,
      value: { payloadType: 96, clockRate: 90_000, control: "trackID=2", sessionControl: "*" },
    });
    if (read.ok) expect(read.value.parameterSets).toHaveLength(2);
  });

  test.each([
    ["Motion JPEG", "m=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000", "refused"],
    ["audio alone", "m=audio 0 RTP/AVP 0", "refused"],
    ["nothing", "", "badAnswer"],
    [
      "interleaved H.264",
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2",
      "refused",
    ],
  ])("%s: %s is %s", (_, lines, kind) => {
    expect(readSdp(`v=0\r\n${lines}\r\n`)).toMatchObject({ ok: false, error: { kind } });
  });

  test("any text is read or refused", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...usualSdp().split("\r\n")))),
        (lines) => {
          readSdp(lines.join("\r\n"));
        },
      ),
    );
  });
});
