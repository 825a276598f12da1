/**
 * A camera's stream over RTSP 1.0, interleaved in one TCP or TLS connection, without decoding anything.
 *
 * Promises: one connection, to the checked address and nowhere else; everything that comes is bounded (message 80 KiB,
 * picture `pictureBytesMax`, `bytesPerSMax` and 20,000 packets a second); everything that does not come ends at a deadline; whatever the
 * reason of the end, the socket and all timers are gone when `run` resolves.
 */

import type { Duplex } from "node:stream";
import type { Clock, Timer } from "../../../config/words/time.ts";
import type { AddressGuard } from "../addressGuard.ts";
import type { CameraAccess, CameraError, CameraStream, StreamEars } from "../contract.ts";
import { createLogin, type Login } from "../digest.ts";
import { AccessUnits, type StreamCounts } from "./accessUnits.ts";
import { requestAddress } from "./address.ts";
import { RtspConnection } from "./connection.ts";
import { type Dial, dial } from "./dial.ts";
import { Rate } from "./rate.ts";
import { type PlayingSession, startPlaying } from "./session.ts";

export interface RtspOptions {
  /** rtsp:// or rtsps://, without user name and password. */
  readonly url: string;
  readonly access: CameraAccess;
  readonly guard: Pick<AddressGuard, "checkedUrl" | "resolve">;
  readonly clock: Clock;
  /** 16 or more random hexadecimal digits. */
  readonly randomHex: () => string;
  /** Total time from the start to the first picture. */
  readonly firstPictureMs: number;
  /** After the first: so long without a picture is the end, whatever else comes. */
  readonly stallMs: number;
  readonly pictureBytesMax?: number;
  /** More than this in a second is no camera. */
  readonly bytesPerSMax?: number;
  /** Opens the connection; tests may give another one. */
  readonly dial?: Dial;
}

export interface RtspStream extends CameraStream {
  /** Of all runs so far. */
  readonly counts: Readonly<StreamCounts>;
}

const pictureBytesDefault = 4 * 1024 * 1024;
const bytesPerSDefault = 12_500_000;
/** A picture of 4K at 20 Mbit/s comes in 1,800 a second. */
const piecesPerSMax = 20_000;

/** No I/O happens before `run`. Runs of one stream follow one another; they share what is known of the login. */
export function openRtspStream(options: RtspOptions): RtspStream {
  const counts: StreamCounts = { lostPackets: 0, damagedPictures: 0, strangePackets: 0 };
  const { credentials } = options.access;
  const isSecure = /^rtsps:/i.test(options.url);
  const login =
    credentials === null
      ? null
      : createLogin({ credentials, isSecure, randomHex: options.randomHex });
  return {
    counts,
    run: (ears, signal) => new StreamRun({ ...options, login, counts, ears }).run(signal),
  };
}

type RunParts = RtspOptions & {
  readonly login: Login | null;
  readonly counts: StreamCounts;
  readonly ears: StreamEars;
};

/** One connection from its beginning to its end. */
class StreamRun {
  readonly #parts: RunParts;
  readonly #ended: Promise<CameraError>;
  /** The first reason counts; later ones are its echo. */
  #end: (reason: CameraError) => void = () => {};
  readonly #stop = new AbortController();
  #watchTimer: Timer | null = null;
  #keepAliveTimer: Timer | null = null;
  #isAskingAlive = false;
  #connection: RtspConnection | null = null;
  #session: PlayingSession | null = null;
  #units: AccessUnits | null = null;
  #channel = -1;
  #lastPictureMs: number | null = null;
  #stage = "looking up its address";

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async run(signal: AbortSignal): Promise<CameraError> {
    if (signal.aborted) return aborted;
    const onAbort = (): void => this.#end(aborted);
    signal.addEventListener("abort", onAbort);
    this.#watchTimer = this.#parts.clock.timer(this.#parts.firstPictureMs, () => this.#watch());
    void this.#open();
    const reason = await this.#ended;
    signal.removeEventListener("abort", onAbort);
    this.#close();
    return reason;
  }

  async #open(): Promise<void> {
    const { url, guard, access } = this.#parts;
    const checked = guard.checkedUrl(url);
    const found = checked.ok ? await guard.resolve(checked.value.host, this.#stop.signal) : checked;
    if (this.#stop.signal.aborted) return;
    if (!checked.ok || !found.ok) {
      this.#end(found.ok ? notRtsp : found.error);
      return;
    }
    const { scheme, host, port } = checked.value;
    if (scheme !== "rtsp" && scheme !== "rtsps") {
      this.#end(notRtsp);
      return;
    }
    this.#stage = "connecting and asking for its stream";
    const tls = scheme === "rtsps" ? { host, ca: access.ca } : null;
    const socket = (this.#parts.dial ?? dial)({ ip: found.value.address, port, tls });
    this.#hearEnd(socket);
    const connection = new RtspConnection({
      socket,
      login: this.#parts.login,
      onFrame: (channel, frame) => this.#onFrame(channel, frame),
      onGarbage: (message) => this.#end({ kind: "badAnswer", message }),
      onRequest: (method) => {
        if (method !== "REDIRECT") return;
        this.#end({ kind: "ended", message: "it sends us to another address: not followed" });
      },
    });
    this.#connection = connection;
    const session = await startPlaying({
      connection,
      address: requestAddress(checked.value),
      onTrack: ({ track, channel }) => {
        this.#stage = "waiting for its first picture";
        this.#channel = channel;
        this.#units = new AccessUnits({
          ...this.#parts,
          ...track,
          pictureBytesMax: this.#parts.pictureBytesMax ?? pictureBytesDefault,
          ears: this.#watchedEars(),
        });
      },
    });
    if (this.#stop.signal.aborted) return;
    if (!session.ok) {
      this.#end(session.error);
      return;
    }
    this.#session = session.value;
    this.#armKeepAlive();
  }

  #hearEnd(socket: Duplex): void {
    const { clock, bytesPerSMax = bytesPerSDefault } = this.#parts;
    const rate = new Rate(
      { bytesPerS: bytesPerSMax, piecesPerS: piecesPerSMax },
      clock.monotonicMs(),
    );
    socket.on("data", (chunk: Buffer) => {
      const pieces = this.#connection?.pieces ?? 0;
      const tooMuch = rate.take(clock.monotonicMs(), chunk.length, pieces);
      if (tooMuch !== null) this.#end({ kind: "badAnswer", message: tooMuch });
    });
    // An error listener must outlive everything: a reset may come while the socket is being destroyed.
    socket.on("error", (error: NodeJS.ErrnoException) => this.#end(this.#lost(wordsOf(error))));
    socket.on("close", () => this.#end(this.#lost("closed by the camera")));
    socket.on("end", () => this.#end(this.#lost("closed by the camera")));
  }

  #lost(words: string): CameraError {
    if (this.#lastPictureMs !== null) return { kind: "ended", message: `stream ended: ${words}` };
    return { kind: "unreachable", message: `${this.#stage}: ${words}` };
  }

  #onFrame(channel: number, frame: Buffer): void {
    if (channel !== this.#channel || this.#units === null || this.#stop.signal.aborted) return;
    const wrong = this.#units.push(frame);
    if (wrong !== null) this.#end({ kind: "badAnswer", message: wrong });
  }

  #watchedEars(): StreamEars {
    const { ears, clock } = this.#parts;
    return {
      onFormat: (format) => ears.onFormat(format),
      onPicture: (picture) => {
        const isFirst = this.#lastPictureMs === null;
        this.#lastPictureMs = clock.monotonicMs();
        if (isFirst) {
          this.#watchTimer?.cancel();
          this.#watch();
        }
        ears.onPicture(picture);
      },
    };
  }

  /** First the deadline of the first picture, then the watch for a stall: one timer, set again only when it rings. */
  #watch(): void {
    const { clock, stallMs, firstPictureMs } = this.#parts;
    if (this.#lastPictureMs === null) {
      const message = `no picture within ${firstPictureMs} ms: ${this.#stage}`;
      this.#end({ kind: "timeout", message });
      return;
    }
    const leftMs = this.#lastPictureMs + stallMs - clock.monotonicMs();
    if (leftMs <= 0) {
      const message = `no picture for ${stallMs} ms on a living connection`;
      this.#end({ kind: "stalled", message });
      return;
    }
    this.#watchTimer = clock.timer(Math.max(1, leftMs), () => this.#watch());
  }

  #armKeepAlive(): void {
    const session = this.#session;
    if (session === null || this.#stop.signal.aborted) return;
    this.#keepAliveTimer = this.#parts.clock.timer(session.keepAliveMs, () => {
      void this.#keepAlive(session);
    });
  }

  /** An answer that does not come stops no stream: the pictures tell whether it lives. */
  async #keepAlive(session: PlayingSession): Promise<void> {
    this.#armKeepAlive();
    const { uri, keepAliveMethod: method } = session;
    const request = { method, uri, headers: { Session: session.id } };
    if (this.#isAskingAlive) {
      // Some cameras never answer it, and yet end a session in which it does not come.
      this.#connection?.tell(request);
      return;
    }
    this.#isAskingAlive = true;
    const answer = await this.#connection?.ask(request);
    this.#isAskingAlive = false;
    if (answer?.ok === false && answer.error.kind === "unauthorised") this.#end(answer.error);
  }

  #close(): void {
    this.#stop.abort();
    this.#watchTimer?.cancel();
    this.#keepAliveTimer?.cancel();
    const session = this.#session;
    if (session !== null) {
      const headers = { Session: session.id };
      this.#connection?.tell({ method: "TEARDOWN", uri: session.uri, headers });
    }
    this.#connection?.close();
    this.#units = null;
  }
}

const notRtsp: CameraError = { kind: "notAllowed", message: "its stream address is no rtsp://" };
const aborted: CameraError = { kind: "aborted", message: "told to stop" };

function wordsOf(error: NodeJS.ErrnoException): string {
  return (error.code ?? error.message).slice(0, 80);
}
