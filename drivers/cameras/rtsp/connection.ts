/** One RTSP connection: a request at a time, its answer, logging in when asked to; frames go by to `onFrame`. */

import type { Duplex } from "node:stream";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { CameraError } from "../contract.ts";
import type { Login, SentLogin } from "../digest.ts";
import { type RtspMessage, WireReader } from "./wireReader.ts";

export interface ConnectionOptions {
  readonly socket: Duplex;
  /** Null: no user name is configured. */
  readonly login: Login | null;
  onFrame(channel: number, frame: Buffer): void;
  /** The bytes are no RTSP: the connection is of no use any more. */
  onGarbage(message: string): void;
  /** The camera asks something itself, e.g. REDIRECT. */
  onRequest(method: string): void;
}

export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Questions repeated because of a login: a fresh nonce, then one that had grown old. */
const triesMax = 3;
/** A message costs as much to read as so many frames. */
const piecesPerMessage = 20;

export class RtspConnection {
  readonly #options: ConnectionOptions;
  #sequence = 0;
  #waiting: { readonly sequence: number; hear(answer: RtspMessage): void } | null = null;
  #isClosed = false;
  #pieces = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const reader = new WireReader({
      onMessage: (message) => {
        this.#pieces += piecesPerMessage;
        this.#onMessage(message);
      },
      onFrame: (channel, frame) => {
        this.#pieces += 1;
        options.onFrame(channel, frame);
      },
    });
    options.socket.on("data", (chunk: Buffer) => {
      if (this.#isClosed) return;
      const wrong = reader.push(chunk);
      if (wrong !== null) options.onGarbage(wrong);
    });
  }

  /** Frames and messages so far, by what they cost. */
  get pieces(): number {
    return this.#pieces;
  }

  /**
   * Its answer when it is a 2xx, else `unauthorised` or `refused`. Resolves never when the connection ends before:
   * who asks waits for that too.
   */
  async ask(request: RtspRequest): Promise<Result<RtspMessage, CameraError>> {
    const { login } = this.#options;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const sent = login?.authorization(request) ?? null;
      const answer = await this.#exchange(request, sent);
      if (answer.status !== 401) return judged(request.method, answer);
      const verdict = login?.refused(answer.headers.get("www-authenticate") ?? [], sent);
      if (verdict !== "again") return fail(loginError(verdict ?? "none"));
    }
    return fail(loginError("unauthorised"));
  }

  /** Writes a last request of which no answer is awaited. */
  tell(request: RtspRequest): void {
    this.#write(request, this.#options.login?.authorization(request) ?? null);
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = null;
    this.#options.socket.destroy();
  }

  #exchange(request: RtspRequest, sent: SentLogin | null): Promise<RtspMessage> {
    return new Promise((resolve) => {
      const sequence = this.#write(request, sent);
      this.#waiting = { sequence, hear: resolve };
    });
  }

  #write({ method, uri, headers = {} }: RtspRequest, sent: SentLogin | null): number {
    this.#sequence += 1;
    const lines = [
      `${method} ${uri} RTSP/1.0`,
      `CSeq: ${this.#sequence}`,
      "User-Agent: hazgate",
      ...(sent === null ? [] : [`Authorization: ${sent.header}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    this.#options.socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
    return this.#sequence;
  }

  #onMessage(message: RtspMessage): void {
    if (this.#isClosed) return;
    if (message.status === null) {
      this.#options.onRequest(message.method);
      return;
    }
    const waiting = this.#waiting;
    const said = message.headers.get("cseq")?.[0];
    // Some cameras leave the number out; another one is the answer to an earlier question.
    const isAnswer = said === undefined || Number(said) === waiting?.sequence;
    if (waiting === null || !isAnswer || (message.status >= 100 && message.status < 200)) return;
    this.#waiting = null;
    waiting.hear(message);
  }
}

function judged(method: string, answer: RtspMessage): Result<RtspMessage, CameraError> {
  const status = answer.status ?? 0;
  if (status >= 200 && status < 300) return ok(answer);
  if (status >= 300 && status < 400) {
    const message = "it sends us to another address, which is not followed";
    return fail({ kind: "refused", message });
  }
  return fail({ kind: "refused", message: `it answers ${method} with ${status}` });
}

function loginError(why: "unauthorised" | "unsupported" | "none"): CameraError {
  const messages = {
    unauthorised: "it does not accept the user name and password",
    unsupported: "it offers no way of logging in that may be used",
    none: "it wants a user name and password, and none is configured",
  };
  return { kind: "unauthorised", message: messages[why] };
}
