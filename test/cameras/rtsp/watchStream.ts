/** One run of a stream, and all that it told. */

import { randomBytes } from "node:crypto";
import { createAddressGuard } from "../../../drivers/cameras/addressGuard.ts";
import type {
  CameraError,
  CodedPicture,
  StreamEars,
  StreamFormat,
} from "../../../drivers/cameras/contract.ts";
import {
  openRtspStream,
  type RtspOptions,
  type RtspStream,
} from "../../../drivers/cameras/rtsp/rtspStream.ts";
import { type CountingClock, createCountingClock } from "../../fakes/countingClock.ts";

interface Watched {
  readonly stream: RtspStream;
  readonly formats: StreamFormat[];
  readonly pictures: CodedPicture[];
  readonly clock: CountingClock;
  readonly ended: Promise<CameraError>;
  stop(): void;
  /** Resolves at the n-th picture, or when the run ends before. */
  pictureCount(count: number): Promise<void>;
}

type WatchOptions = Partial<RtspOptions> & {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
};

/** The client as the agent would open it, for one user name and password. */
export function streamTo(options: WatchOptions & Pick<RtspOptions, "clock">): RtspStream {
  const { username, password = "", ca } = options;
  return openRtspStream({
    access: {
      id: "camera",
      credentials: username === undefined ? null : { username, password },
      networks: ["127.0.0.0/8"],
      ...(ca === undefined ? {} : { ca }),
    },
    guard: createAddressGuard({ hosts: ["localhost"], networks: ["127.0.0.0/8"] }),
    randomHex: () => randomBytes(8).toString("hex"),
    firstPictureMs: 10_000,
    stallMs: 2_000,
    ...options,
  });
}

export function watchStream(options: WatchOptions): Watched {
  const clock = createCountingClock();
  const stream = streamTo({ ...options, clock });
  const formats: StreamFormat[] = [];
  const pictures: CodedPicture[] = [];
  const waiting: { readonly count: number; done(): void }[] = [];
  const stop = new AbortController();
  const ears: StreamEars = {
    onFormat: (format) => void formats.push(format),
    onPicture(picture) {
      pictures.push(picture);
      for (const { count, done } of waiting) if (pictures.length >= count) done();
    },
  };
  const ended = stream.run(ears, stop.signal);
  return {
    ...{ stream, formats, pictures, clock, ended },
    stop: () => stop.abort(),
    async pictureCount(count) {
      const reached = new Promise<void>((done) => waiting.push({ count, done }));
      if (pictures.length < count) await Promise.race([reached, ended]);
    },
  };
}
