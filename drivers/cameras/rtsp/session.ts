/** The questions that make a camera play (RFC 2326): OPTIONS, DESCRIBE, SETUP, PLAY, and the sign of life after that. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { CameraError } from "../contract.ts";
import { type RequestAddress, resolveUri } from "./address.ts";
import type { RtspConnection } from "./connection.ts";
import { readSdp, type VideoTrack } from "./sdp.ts";
import type { RtspMessage } from "./wireReader.ts";

export interface PlayingSession {
  /** Address of the whole session. */
  readonly uri: string;
  readonly id: string;
  /** How often a sign of life is due. */
  readonly keepAliveMs: number;
  readonly keepAliveMethod: "GET_PARAMETER" | "OPTIONS";
}

/** Before PLAY is asked: the frames may come before its answer does. */
export interface Track {
  readonly track: VideoTrack;
  readonly channel: number;
}

const defaultTimeoutS = 60;
const timeoutSMin = 4;
const timeoutSMax = 3_600;

export async function startPlaying(parts: {
  readonly connection: RtspConnection;
  readonly address: RequestAddress;
  onTrack(track: Track): void;
}): Promise<Result<PlayingSession, CameraError>> {
  const { connection, address } = parts;
  const options = await connection.ask({ method: "OPTIONS", uri: address.uri });
  // Some cameras know no OPTIONS, or want a login for it: only DESCRIBE counts.
  if (!options.ok && options.error.kind === "unauthorised") return options;
  const methods = options.ok ? (options.value.headers.get("public") ?? []).join(",") : "";

  const headers = { Accept: "application/sdp" };
  const described = await connection.ask({ method: "DESCRIBE", uri: address.uri, headers });
  if (!described.ok) return described;
  const sdp = readSdp(described.value.body.toString("latin1"));
  if (!sdp.ok) return sdp;
  const uris = urisOf(address, described.value, sdp.value);
  if (uris === null) return fail(badAnswer("its description holds an address that cannot be used"));

  const setup = await connection.ask({
    method: "SETUP",
    uri: uris.track,
    headers: { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" },
  });
  if (!setup.ok) return setup;
  const session = sessionOf(setup.value);
  if (session === null) return fail(badAnswer("its answer to SETUP names no session"));
  const channel = channelOf(setup.value);
  if (channel === null) return fail({ kind: "refused", message: "it does not send over TCP" });
  parts.onTrack({ track: sdp.value, channel });

  const play = await connection.ask({
    method: "PLAY",
    uri: uris.session,
    headers: { Session: session.id, Range: "npt=0.000-" },
  });
  if (!play.ok) return play;
  return ok({
    uri: uris.session,
    id: session.id,
    keepAliveMs: (session.timeoutS * 1000) / 2,
    keepAliveMethod: /\bGET_PARAMETER\b/i.test(methods) ? "GET_PARAMETER" : "OPTIONS",
  });
}

function urisOf(
  address: RequestAddress,
  described: RtspMessage,
  track: VideoTrack,
): { readonly session: string; readonly track: string } | null {
  const said =
    described.headers.get("content-base")?.[0] ?? described.headers.get("content-location")?.[0];
  const base = resolveUri(address, address.uri, said ?? "");
  if (base === null) return null;
  const session = resolveUri(address, base, track.sessionControl);
  const own = resolveUri(address, base, track.control);
  return session === null || own === null ? null : { session, track: own };
}

function sessionOf(setup: RtspMessage): { readonly id: string; readonly timeoutS: number } | null {
  const header = setup.headers.get("session")?.[0] ?? "";
  const [id] = /^[\x21-\x3a\x3c-\x7e]{1,256}/.exec(header) ?? [];
  if (id === undefined) return null;
  const timeoutS = Number(/;\s*timeout\s*=\s*(\d{1,9})/i.exec(header)?.[1] ?? defaultTimeoutS);
  return { id, timeoutS: Math.min(Math.max(timeoutS, timeoutSMin), timeoutSMax) };
}

/** The channel of RTP; RTCP has the other one. Null: the camera chose another way. */
function channelOf(setup: RtspMessage): number | null {
  const transport = setup.headers.get("transport")?.[0] ?? "";
  if (!/RTP\/AVP\/TCP/i.test(transport)) return null;
  const channel = Number(/interleaved\s*=\s*(\d{1,3})/i.exec(transport)?.[1] ?? 0);
  return channel <= 255 ? channel : null;
}

function badAnswer(message: string): CameraError {
  return { kind: "badAnswer", message };
}
