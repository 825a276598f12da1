/** The description of a stream (RFC 8866): where its picture is, how it is coded. Other tracks are passed over. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { CameraError } from "../contract.ts";
import { h264 } from "./h264.ts";
import { h265 } from "./h265.ts";
import type { Coding } from "./nalUnits.ts";

export interface VideoTrack {
  readonly coding: Coding;
  readonly payloadType: number;
  readonly clockRate: number;
  /** As written; empty: the track has no address of its own. */
  readonly control: string;
  /** Of the whole session, as written; empty: none. */
  readonly sessionControl: string;
  readonly parameterSets: readonly Uint8Array[];
}

const linesMax = 500;
const setsMax = 16;
const codings: ReadonlyMap<string, Coding> = new Map([
  ["h264", h264],
  ["h265", h265],
]);

interface Media {
  readonly payloadTypes: readonly number[];
  readonly lines: readonly string[];
}

/** The first video track of H.264 or H.265. `badAnswer`: no description; `refused`: no such track in it. */
export function readSdp(text: string): Result<VideoTrack, CameraError> {
  const lines = text.split(/\r?\n/, linesMax).map((line) => line.trim());
  if (!lines.some((line) => line.startsWith("m="))) {
    return fail({ kind: "badAnswer", message: "its description names no track" });
  }
  const firstMedia = lines.findIndex((line) => line.startsWith("m="));
  const sessionControl = attribute(lines.slice(0, firstMedia), "control") ?? "";
  const offers = videosOf(lines).flatMap(offersOf);
  const track = offers.map((offer) => trackOf(offer, sessionControl)).find((one) => one !== null);
  if (track !== undefined) return ok(track);
  const names = offers.map(({ name }) => name).filter((name) => name !== "");
  const seen = names.length === 0 ? "none that is named" : names.join(", ").slice(0, 60);
  return fail({ kind: "refused", message: `no H.264 or H.265 picture is offered; video: ${seen}` });
}

interface Offer {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  readonly lines: readonly string[];
}

function offersOf({ payloadTypes, lines }: Media): Offer[] {
  return payloadTypes.map((payloadType) => {
    const map = attributeOf(lines, "rtpmap", payloadType) ?? "";
    const [, name = "", rate = ""] = /^([\w.-]+)\/(\d{1,9})/.exec(map) ?? [];
    return { payloadType, name, clockRate: Number(rate), lines };
  });
}

function trackOf(offer: Offer, sessionControl: string): VideoTrack | null {
  const { payloadType, name, clockRate, lines } = offer;
  const coding = codings.get(name.toLowerCase());
  const parameters = parametersOf(attributeOf(lines, "fmtp", payloadType) ?? "");
  if (coding === undefined || clockRate < 1 || isInterleaved(parameters)) return null;
  const control = attribute(lines, "control") ?? "";
  const parameterSets = setsOf(coding, parameters);
  return { coding, payloadType, clockRate, control, sessionControl, parameterSets };
}

function videosOf(lines: readonly string[]): Media[] {
  const begins = lines.flatMap((line, index) => (line.startsWith("m=") ? [index] : []));
  return begins.flatMap((begin, index) => {
    const [, types] = /^m=video \S+ RTP\/AVP ([\d ]+)$/.exec(lines[begin] ?? "") ?? [];
    if (types === undefined) return [];
    const payloadTypes = types.split(" ").map(Number);
    return [{ payloadTypes, lines: lines.slice(begin + 1, begins[index + 1]) }];
  });
}

function attribute(lines: readonly string[], name: string): string | undefined {
  const start = `a=${name}:`;
  return lines
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

function attributeOf(
  lines: readonly string[],
  name: string,
  payloadType: number,
): string | undefined {
  const start = `a=${name}:${payloadType} `;
  const line = lines.find((one) => one.startsWith(start));
  return line?.slice(start.length).trim();
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(";").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name.trim().toLowerCase(), value.join("=").trim()];
    }),
  );
}

/** Units out of their order, which no camera is known to send. */
function isInterleaved(parameters: ReadonlyMap<string, string>): boolean {
  const donDiff = Number(parameters.get("sprop-max-don-diff") ?? 0);
  return parameters.get("packetization-mode") === "2" || donDiff > 0;
}

function setsOf(coding: Coding, parameters: ReadonlyMap<string, string>): Uint8Array[] {
  const names = ["sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"];
  return names
    .flatMap((name) => parameters.get(name)?.split(",") ?? [])
    .slice(0, setsMax)
    .map((base64) => Uint8Array.from(Buffer.from(base64, "base64")))
    .filter((set) => set.length > 0 && coding.setKinds.includes(coding.kindOf(set[0] ?? 0)));
}
