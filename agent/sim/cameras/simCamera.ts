/** One simulated camera: ONVIF and pictures over HTTP, a stream where the machine has ffmpeg, and faults to try. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import type { Clock, Instant } from "../../../config/words/time.ts";
import type { Canvas } from "./canvas.ts";
import { type Film, makeFilm } from "./film.ts";
import { onvifAnswer, onvifFault } from "./onvifAnswers.ts";
import { startRtspServer, streamUrl } from "./rtspServer.ts";
import { drawBlack, drawScene, pictureHeight, pictureWidth } from "./scene.ts";

/** `dead`: hangs up on everybody. */
export const cameraFaults = ["frozen", "black", "dead"] as const;
export type CameraFault = (typeof cameraFaults)[number];

export interface SimCamera extends AsyncDisposable {
  readonly onvifUrl: string;
  readonly snapshotUrl: string;
  /** Null: there is no ffmpeg here to code a stream. */
  readonly rtspUrl: string | null;
  /** Draws and codes what its stream shows: a second or two of work. Until then the stream hangs up on who looks. */
  codeStream(): Promise<void>;
  /** Null: it is well again. */
  set(fault: CameraFault | null): void;
}

const filmFps = 10;
const filmSeconds = 6;
const darkSeconds = 2;
const jpegQuality = 80;
const bodyBytesMax = 65_536;

interface Films {
  readonly well: Film;
  readonly frozen: Film;
  readonly black: Film;
}

export async function startSimCamera(options: {
  readonly host: string;
  /** Shown in its picture. */
  readonly number: number;
  readonly seed: number;
  readonly clock: Clock;
  /** There is an ffmpeg to code streams with. */
  readonly hasStream: boolean;
}): Promise<SimCamera> {
  const { host, number, seed, clock } = options;
  let fault: CameraFault | null = null;
  let frozenAt: Instant | null = null;
  let films: Films | null = null;
  const rtsp = options.hasStream ? await startRtspServer({ host, clock }) : null;
  const server = createServer((request, response) => {
    if (fault === "dead") request.socket.destroy();
    else void answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, host, resolve);
  });
  const base = `http://${host}:${(server.address() as AddressInfo).port}`;
  const onvifUrl = `${base}/onvif/device_service`;
  const snapshotUrl = `${base}/snapshot.jpg`;
  const rtspUrl = rtsp === null ? null : streamUrl(host, rtsp.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", base);
    if (request.method === "GET" && pathname === "/snapshot.jpg") {
      response.setHeader("content-type", "image/jpeg");
      response.end(await jpeg(pictureNow()));
      return;
    }
    const asked = await bodyOf(request);
    const said = onvifAnswer(asked, {
      ...{ nowWallMs: clock.now().wallMs, serial: `sim-${number}`, serviceUrl: onvifUrl },
      ...{ snapshotUrl, streamUrl: rtspUrl, width: pictureWidth, height: pictureHeight },
      fps: filmFps,
    });
    response.statusCode = said === null ? 400 : 200;
    response.setHeader("content-type", "application/soap+xml; charset=utf-8");
    response.end(said ?? onvifFault);
  }

  function pictureNow(): Canvas {
    const { wallMs, monotonicMs } = frozenAt ?? clock.now();
    if (fault === "black") return drawBlack(seed, Math.round(monotonicMs / 40));
    const clockText = new Date(wallMs).toISOString().slice(11, 19);
    return drawScene({ seed, atS: monotonicMs / 1_000, clockText, number });
  }

  const showFilm = (): void => {
    if (films !== null) rtsp?.show(fault === "dead" ? null : films[fault ?? "well"]);
  };

  return {
    onvifUrl,
    snapshotUrl,
    rtspUrl,
    set(next) {
      fault = next;
      frozenAt = next === "frozen" ? clock.now() : null;
      showFilm();
    },
    async codeStream() {
      if (rtsp === null) return;
      films = await makeFilms(options);
      showFilm();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rtsp?.[Symbol.asyncDispose]();
    },
  };
}

async function makeFilms(options: {
  readonly seed: number;
  readonly number: number;
}): Promise<Films | null> {
  const { seed, number } = options;
  const at = (frame: number): Canvas =>
    drawScene({ seed, atS: frame / filmFps, clockText: null, number });
  const well = await makeFilm(at, { fps: filmFps, count: filmSeconds * filmFps });
  if (well === null) return null;
  const dark = { fps: filmFps, count: darkSeconds * filmFps };
  const black = await makeFilm((frame) => drawBlack(seed, frame), dark);
  if (black === null) return null;
  // The same picture again and again, as a camera sends it whose sensor hangs.
  const still = well.pictures.filter(({ isKey }) => isKey).slice(0, 1);
  return { well, black, frozen: { ...well, pictures: still } };
}

async function jpeg({ rgb, width, height }: Canvas): Promise<Buffer> {
  const raw = { width, height, channels: 3 } as const;
  return await sharp(rgb, { raw }).jpeg({ quality: jpegQuality }).toBuffer();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyBytesMax) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
