/** One process that takes the streams of all cameras: by our client into rings, or merely read off the sockets. */

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { VideoRing } from "../../../agent/cameras/ring.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { createAddressGuard } from "../../../drivers/cameras/addressGuard.ts";
import { openRtspStream, type RtspStream } from "../../../drivers/cameras/rtsp/rtspStream.ts";
import { settingsOf } from "../measure/child.ts";

export interface StreamsRun {
  readonly urls: readonly string[];
  /** `floor`: the four requests are written, and whatever comes is dropped. */
  readonly mode: "ring" | "floor";
  readonly ringBytes: number;
  readonly ringMs: number;
}

export interface StreamsFigures {
  readonly cameras: readonly {
    readonly pictures: number;
    /** The longest time between two pictures. */
    readonly gapMsMax: number;
    readonly lostPackets: number;
    readonly damagedPictures: number;
    readonly ringBytes: number;
    readonly ringMs: number;
    /** Ends of the stream that nobody wanted. */
    readonly ends: readonly string[];
  }[];
  readonly floorBytes: number;
}

const run = settingsOf<StreamsRun>();
const clock = createRealClock();
const floor = { bytes: 0 };
const stop = new AbortController();

interface Taken {
  readonly stream: RtspStream;
  readonly ring: VideoRing;
  readonly ends: string[];
  pictures: number;
  lastMs: number | null;
  gapMsMax: number;
}

function take(url: string): Taken {
  const stream = openRtspStream({
    url,
    access: { id: url, credentials: null, networks: ["127.0.0.0/8"] },
    guard: createAddressGuard({ hosts: [], networks: ["127.0.0.0/8"] }),
    clock,
    randomHex: () => randomBytes(8).toString("hex"),
    firstPictureMs: 20_000,
    stallMs: 10_000,
  });
  const ring = new VideoRing({ bytesMax: run.ringBytes, keepMs: run.ringMs });
  const taken: Taken = { stream, ring, ends: [], pictures: 0, lastMs: null, gapMsMax: 0 };
  const ears = {
    onFormat: ring.setFormat.bind(ring),
    onPicture(picture: Parameters<VideoRing["put"]>[0]): void {
      const { monotonicMs } = picture.arrivedAt;
      if (taken.lastMs !== null) {
        taken.gapMsMax = Math.max(taken.gapMsMax, monotonicMs - taken.lastMs);
      }
      taken.lastMs = monotonicMs;
      taken.pictures += 1;
      ring.put(picture);
    },
  };
  void stream.run(ears, stop.signal).then(({ message }) => taken.ends.push(message));
  return taken;
}

/** The least that any program in Node must do with these bytes. */
function drop(url: string): void {
  const { hostname, port } = new URL(url);
  const session = { id: "" };
  const socket = connect(Number(port), hostname);
  const requests = [
    () => `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`,
    () =>
      `SETUP ${url}/stream=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n`,
    () => `PLAY ${url}/ RTSP/1.0\r\nCSeq: 3\r\nSession: ${session.id}\r\n\r\n`,
  ];
  const ask = (): void => {
    const next = requests.shift();
    if (next !== undefined) socket.write(next());
  };
  socket.on("data", (chunk) => {
    floor.bytes += chunk.length;
    if (requests.length === 0) return;
    session.id = /^Session: ([^;\r]+)/im.exec(chunk.toString("latin1"))?.[1] ?? session.id;
    ask();
  });
  ask();
}

const cameras = run.mode === "ring" ? run.urls.map(take) : [];
if (run.mode === "floor") run.urls.forEach(drop);

process.on("SIGTERM", () => {
  const figures: StreamsFigures = {
    cameras: cameras.map(({ stream, ring, ends, pictures, gapMsMax }) => {
      const { bytes, fromMs, toMs } = ring.state;
      const { lostPackets, damagedPictures } = stream.counts;
      const ringMs = (toMs ?? 0) - (fromMs ?? 0);
      return { pictures, gapMsMax, lostPackets, damagedPictures, ringBytes: bytes, ringMs, ends };
    }),
    floorBytes: floor.bytes,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
});
