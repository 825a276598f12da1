/** What a camera may send us, by seed: a proper conversation, spoilt in one or several places (pure). */

import {
  type Asked,
  answer,
  framed,
  framesOf,
  rtp,
  slice,
  usualAnswer,
  usualSdp,
} from "../cameras/rtsp/scriptedCamera.ts";

export type Rng = () => number;

export const kinds = [
  "untouched",
  "bytes",
  "text",
  "sdp",
  "answers",
  "packets",
  "frames",
  "silence",
] as const;
export type Kind = (typeof kinds)[number];

/** Afterwards: close, reset, or stay there without a word. */
export type Ending = "close" | "reset" | "hang";

export interface FuzzCase {
  readonly kind: Kind;
  readonly mark: Buffer;
  readonly slices: readonly Buffer[];
  /** Null: no answer, ever. */
  react(asked: Asked): { readonly bytes: Buffer; readonly ending: Ending | null } | null;
}

const below = (rng: Rng, end: number): number => Math.floor(rng() * end);
function pick<T>(rng: Rng, all: readonly T[], otherwise: T): T {
  return all[below(rng, all.length)] ?? otherwise;
}

/** The same seed, the same case. */
export function fuzzCase(seed: number, rng: Rng): FuzzCase {
  const kind = pick(rng, kinds, "bytes");
  const mark = Buffer.from(`#${seed.toString(36).padStart(7, "0")}#`);
  const slices = Array.from({ length: 1 + below(rng, 6) }, (_, index) =>
    slice(index, mark, 20 + below(rng, 3_000)),
  );
  const ending =
    kind === "untouched" ? "close" : pick<Ending>(rng, ["close", "close", "reset"], "close");
  const silentAt = below(rng, 5);
  return {
    kind,
    mark,
    slices,
    react(asked) {
      if (kind === "silence" && asked.index >= silentAt) {
        return { bytes: Buffer.alloc(0), ending: rng() < 0.02 ? "hang" : ending };
      }
      const isPlay = asked.method === "PLAY";
      const head = headOf(kind, asked, rng);
      const bytes = isPlay ? Buffer.concat([head, ...streamOf(kind, slices, rng)]) : head;
      const spoilt = kind === "bytes" ? spoiltBytes(bytes, rng) : bytes;
      return { bytes: spoilt, ending: isPlay || spoilt.length === 0 ? ending : null };
    },
  };
}

function headOf(kind: Kind, asked: Asked, rng: Rng): Buffer {
  const usual = usualAnswer(asked);
  if (kind === "text" && rng() < 0.5)
    return Buffer.from(spoiltText(usual.toString("latin1"), rng), "latin1");
  if (kind === "sdp" && asked.method === "DESCRIBE") {
    return usualAnswer(asked, { sdp: rng() < 0.5 ? oddSdp(rng) : spoiltText(usualSdp(), rng) });
  }
  if (kind === "answers" && rng() < 0.4) return oddAnswer(asked, rng);
  return usual;
}

/** Bits, spans and ends of bytes, wherever they fall. */
function spoiltBytes(bytes: Buffer, rng: Rng): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + below(rng, 4); times > 0; times -= 1) {
    const at = below(rng, out.length);
    const span = 1 + below(rng, 60);
    const [before, within, after] = [
      out.subarray(0, at),
      out.subarray(at, at + span),
      out.subarray(at + span),
    ];
    const noise = Buffer.from(Array.from({ length: span }, () => below(rng, 256)));
    switch (below(rng, 6)) {
      case 0:
        if (out.length > 0) out[at] = (out[at] ?? 0) ^ (1 << below(rng, 8));
        break;
      case 1:
        out = Buffer.concat([before, after]);
        break;
      case 2:
        out = Buffer.concat([before, within, within, after]);
        break;
      case 3:
        out = Buffer.concat([before, noise, after]);
        break;
      case 4:
        out = Buffer.concat([before, noise, within, after]);
        break;
      default:
        out = Buffer.from(before);
    }
  }
  return out;
}

const oddWords = [
  "",
  "-1",
  "0",
  "255",
  "256",
  "65536",
  "4294967296",
  "99999999999999999999",
  "NaN",
  "1e9",
  "%00",
  "\0",
  "\u00ff",
  "*",
  "..//..",
  "rtsp://169.254.169.254:80/x",
  "rtsp://u:p@[::1]/",
  "a".repeat(5_000),
  "\r\nCSeq: 1",
  "\r\n\r\n",
  ";;;===",
  "Z".repeat(64),
];

/** One word or line of a text exchanged for an odd one, left out or repeated. */
function spoiltText(text: string, rng: Rng): string {
  const words = text.split(/(?<=[ =:;,/\r\n])/);
  for (let times = 1 + below(rng, 3); times > 0; times -= 1) {
    const at = below(rng, words.length);
    const word = words[at] ?? "";
    words[at] = pick(rng, [pick(rng, oddWords, ""), `${word}${word}`, "", word.toLowerCase()], "");
  }
  return words.join("");
}

function oddSdp(rng: Rng): string {
  const line = pick(
    rng,
    [
      "m=video 0 RTP/AVP",
      `m=video 0 RTP/AVP ${Array.from({ length: 400 }, (_, n) => n).join(" ")}`,
      "a=rtpmap:96 H265/90000",
      "a=rtpmap:96 H264/0",
      "a=rtpmap:96 H264/999999999",
      "a=fmtp:96 sprop-parameter-sets=,,,,Z2Z2,aGho",
      `a=fmtp:96 sprop-parameter-sets=${"Zw==,".repeat(3_000)}`,
      "a=fmtp:96 packetization-mode=2",
      "a=control:rtsp://10.0.0.1:22/other",
      `a=control:${"x".repeat(3_000)}`,
      "a=control:with blank",
    ],
    "",
  );
  const lines = usualSdp().split("\r\n");
  lines.splice(below(rng, lines.length), below(rng, 2), line);
  return lines.join("\r\n");
}

function oddAnswer(asked: Asked, rng: Rng): Buffer {
  const make = pick<() => Buffer>(
    rng,
    [
      () => answer(asked, { status: "302 Moved", headers: ["Location: rtsp://127.0.0.1:1/"] }),
      () =>
        answer(asked, {
          status: "401 No",
          headers: ['WWW-Authenticate: Digest realm="x", nonce="y"'],
        }),
      () =>
        answer(asked, {
          status: "401 No",
          headers: [`WWW-Authenticate: ${"Basic, ".repeat(500)}`],
        }),
      () => answer(asked, { status: `${100 + below(rng, 900)} Odd` }),
      () => answer({ sequence: "77" }),
      () => Buffer.concat([answer({ sequence: "77" }), usualAnswer(asked), usualAnswer(asked)]),
      () => answer(asked, { headers: ["Session:", "Transport: RTP/AVP/UDP"] }),
      () => answer(asked, { headers: Array.from({ length: 150 }, (_, n) => `X-${n}: y`) }),
      () => Buffer.from(`OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n${usualAnswer(asked).toString()}`),
      () => Buffer.from(`REDIRECT * RTSP/1.0\r\nLocation: rtsp://127.0.0.1:1/\r\n\r\n`),
      () => usualAnswer(asked, { headers: ["Content-Length: 900000000"] }),
      () => Buffer.from("RTSP/1.0 200 OK"),
    ],
    () => usualAnswer(asked),
  );
  return make();
}

function streamOf(kind: Kind, slices: readonly Buffer[], rng: Rng): Buffer[] {
  const frames = framesOf(slices, below(rng, 65_536));
  if (kind === "frames") {
    for (let times = 1 + below(rng, 4); times > 0; times -= 1) {
      const at = below(rng, frames.length);
      const other = frames[below(rng, frames.length)] ?? Buffer.alloc(0);
      frames.splice(
        at,
        below(rng, 3),
        ...pick(rng, [[], [other], [other, other], [oddFrame(rng)]], []),
      );
    }
  }
  if (kind === "packets") {
    return frames.flatMap((frame) => (rng() < 0.2 ? [oddPacket(rng), frame] : [frame]));
  }
  return frames;
}

function oddFrame(rng: Rng): Buffer {
  const size = pick(rng, [0, 1, 11, 12, 1_500, 65_535], 0);
  const frame = framed(Buffer.alloc(size, below(rng, 256)), below(rng, 256));
  return rng() < 0.3 ? frame.subarray(0, below(rng, frame.length)) : frame;
}

/** Packets whose payload or header makes no sense, on the channel of the pictures. */
function oddPacket(rng: Rng): Buffer {
  const payload = pick(
    rng,
    [
      Buffer.of(28, 0x85),
      Buffer.of(28, 0x85, 1, 2, 3),
      Buffer.of(28, 0x05, 1, 2, 3),
      Buffer.of(28, 0x45, 1),
      Buffer.of(28, 0xc5, 1),
      Buffer.of(24, 0xff, 0xff, 1),
      Buffer.of(24, 0, 0, 0, 0),
      Buffer.of(24),
      Buffer.of(25, 1, 2, 3, 4),
      Buffer.of(29, 0x85, 0, 0, 1),
      Buffer.of(31),
      Buffer.of(0),
      Buffer.of(0x67),
      Buffer.concat([Buffer.of(0x67), Buffer.alloc(9_000, 0xff)]),
      Buffer.concat([
        Buffer.of(0x67),
        Buffer.from(Array.from({ length: 30 }, () => below(rng, 256))),
      ]),
      Buffer.alloc(0),
    ],
    Buffer.alloc(0),
  );
  const packet = rtp({
    sequence: below(rng, 65_536),
    timestamp: below(rng, 2 ** 32),
    marker: rng() < 0.5,
    payload,
    payloadType: rng() < 0.8 ? 96 : below(rng, 128),
  });
  if (rng() < 0.3) packet[0] = below(rng, 256);
  return framed(packet);
}
