/** `hazgate cam snap`: one picture into a file. */

import { writeFileSync } from "node:fs";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { type CamTarget, openTarget } from "./camTarget.ts";
import { type CamCommand, endOf } from "./camTest.ts";
import { causeOf, cureOf } from "./camWords.ts";
import { exitCode, say } from "./io.ts";

/** @returns 0 written, 1 no picture, 2 no such camera or the file cannot be written, 3 it cannot be reached. */
export async function camSnap(command: CamCommand & { readonly out: string }): Promise<number> {
  const { io, clock, signal, out, json } = command;
  const opened = openTarget(command, command);
  if (!opened.ok) {
    io.err(opened.error.text);
    return opened.error.exitCode;
  }
  const target = opened.value;
  const url = await snapshotUrl(target, signal);
  const picture = url.ok
    ? await createSnapshotSource({ http: target.http, url: () => url.value, clock }).fetch(signal)
    : url;
  if (!picture.ok) {
    io.err(`${causeOf(picture.error, io.lang)}\n  -> ${cureOf(picture.error, io.lang)}\n`);
    return endOf([picture.error]);
  }
  const { bytes, mediaType } = picture.value;
  try {
    writeFileSync(out, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.err(`${say(io.lang, { zh: "写不了文件", en: "cannot write the file" })}: ${why}\n`);
    return exitCode.usage;
  }
  const told = { camera: target.id, file: out, mediaType, sizeBytes: bytes.byteLength };
  io.out(json ? `${JSON.stringify(told)}\n` : `${out}: ${mediaType}, ${bytes.byteLength} B\n`);
  return exitCode.well;
}

/** As written, else as the camera tells by ONVIF. */
export async function snapshotUrl(
  { snapshotUrl: written, onvif }: CamTarget,
  signal: AbortSignal,
): Promise<Result<string, CameraError>> {
  if (written !== null) return ok(written);
  const media = onvif === null ? null : await onvif.media(signal);
  if (media !== null && !media.ok) return media;
  const found = media?.value.profiles.find(({ snapshot }) => snapshot !== null)?.snapshot?.url;
  return found === undefined
    ? fail({ kind: "refused", message: "it gives no address of a picture" })
    : ok(found);
}
