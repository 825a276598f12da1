/** Which camera a command means: one of the site file, or an address that is given instead. */

import { readFileSync } from "node:fs";
import { readSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import type { Camera } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { readUrl, urlText } from "../../drivers/cameras/addressForms.ts";
import type { AddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type { CameraAccess } from "../../drivers/cameras/contract.ts";
import { type CameraHttp, createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import { type OnvifCamera, openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { guardOfWritten } from "../../drivers/cameras/writtenGuard.ts";
import { checkIoFor, secretPath } from "../checkIo.ts";
import { readOrNull } from "./configFile.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface CamWords {
  /** An id of the site file, an address, or a URL of its ONVIF service, picture or stream. */
  readonly camera: string;
  readonly config: string;
  readonly username: string | null;
  readonly passwordFile: string | null;
  readonly ca: string | null;
}

export interface CamTarget {
  readonly id: string;
  readonly onvifUrl: string | null;
  /** As written; else ONVIF tells. */
  readonly rtspUrl: string | null;
  readonly snapshotUrl: string | null;
  readonly access: CameraAccess;
  readonly guard: AddressGuard;
  readonly http: CameraHttp;
  readonly onvif: OnvifCamera | null;
}

/** What kept the command from its camera: an exit code and a text for stderr. */
export interface CamTrouble {
  readonly exitCode: number;
  readonly text: string;
}

interface Written {
  readonly id: string;
  readonly urls: Pick<Camera, "onvif" | "rtsp" | "snapshot">;
  readonly networks: readonly string[];
  readonly username: string | null;
  /** Paths as they are opened. */
  readonly passwordFile: string | null;
  readonly ca: string | null;
}

export function openTarget(
  words: CamWords,
  tools: { readonly io: CommandIo; readonly clock: Clock; readonly randomHex: () => string },
): Result<CamTarget, CamTrouble> {
  const { io, clock, randomHex } = tools;
  const given = givenUrls(words.camera);
  const written = given === null ? fromSite(words, io) : ok(fromAddress(words, given));
  if (!written.ok) return written;
  const { id, urls, networks } = written.value;
  const access = accessOf(written.value, io);
  if (!access.ok) return access;
  const guard = guardOfWritten({ ...urls, networks });
  const http = createCameraHttp({ access: access.value, guard, clock, randomHex });
  const onvifUrl = urls.onvif ?? null;
  return ok({
    ...{ id, onvifUrl, rtspUrl: urls.rtsp ?? null, snapshotUrl: urls.snapshot ?? null },
    ...{ access: access.value, guard, http },
    onvif:
      onvifUrl === null
        ? null
        : openOnvifCamera({ url: onvifUrl, access: access.value, guard, http, clock }),
  });
}

/** Null: it is a name. What is no ONVIF address by its path is taken for a picture's. */
function givenUrls(word: string): Written["urls"] | null {
  if (/^[a-z]+:\/\//i.test(word)) {
    const url = readUrl(word);
    // What cannot be read is refused by the guard, with its reason.
    if (url === null) return { onvif: word };
    const text = url.hasUserinfo ? word : urlText(url);
    if (url.scheme === "rtsp" || url.scheme === "rtsps") return { rtsp: text };
    if (url.path === "/") return { onvif: urlText({ ...url, path: servicePath }) };
    return /onvif\/\w*serv/i.test(url.path) ? { onvif: text } : { snapshot: text };
  }
  const url = /^([\d.]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(word) ? `http://${word}${servicePath}` : "";
  return readUrl(url) === null ? null : { onvif: url };
}

const servicePath = "/onvif/device_service";

function fromAddress(words: CamWords, urls: Written["urls"]): Written {
  const { username, passwordFile, ca } = words;
  const host = readUrl(urls.onvif ?? urls.rtsp ?? urls.snapshot ?? "")?.host ?? "camera";
  return { id: host, urls, networks: [], username, passwordFile, ca };
}

function fromSite(words: CamWords, io: CommandIo): Result<Written, CamTrouble> {
  const { config, camera: id } = words;
  const text = readOrNull(config);
  if (text === null) {
    return usage(
      say(io.lang, {
        zh: `读不到站点文件 ${config}; 也可直接写摄像机地址`,
        en: `cannot read the site file ${config}; an address may be given in place of a name`,
      }),
    );
  }
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  if (!read.ok) {
    const faults = renderFaults(read.error, { lang: io.lang, colour: io.colour, text });
    return fail({ exitCode: exitCode.problems, text: faults });
  }
  const { cameras } = read.value.site;
  const camera = Object.hasOwn(cameras, id) ? cameras[id] : undefined;
  if (camera === undefined) {
    const names = Object.keys(cameras).join(", ");
    return usage(
      say(io.lang, {
        zh: `站点文件中没有摄像机 ${id}; 有: ${names === "" ? "无" : names}`,
        en: `the site file has no camera ${id}; there are: ${names === "" ? "none" : names}`,
      }),
    );
  }
  const path = (file: string | undefined): string | null =>
    file === undefined ? null : secretPath(config, file);
  return ok({
    ...{ id, urls: camera, networks: camera.networks },
    username: words.username ?? camera.username ?? null,
    passwordFile: words.passwordFile ?? path(camera.passwordFile),
    ca: words.ca ?? path(camera.ca),
  });
}

function accessOf(written: Written, io: CommandIo): Result<CameraAccess, CamTrouble> {
  const { id, username, networks } = written;
  const password = written.passwordFile === null ? ok("") : readSecret(written.passwordFile, io);
  if (!password.ok) return password;
  const ca = written.ca === null ? ok(null) : readSecret(written.ca, io);
  if (!ca.ok) return ca;
  return ok({
    ...{ id, networks },
    credentials: username === null ? null : { username, password: password.value },
    ...(ca.value === null ? {} : { ca: ca.value }),
  });
}

/** `-` is the standard input. An editor's closing line break is no part of a password. */
function readSecret(file: string, io: CommandIo): Result<string, CamTrouble> {
  try {
    return ok(readFileSync(file === "-" ? 0 : file, "utf8").replace(/[\r\n]+$/, ""));
  } catch {
    return usage(say(io.lang, { zh: `读不到文件 ${file}`, en: `cannot read ${file}` }));
  }
}

function usage(text: string): Result<never, CamTrouble> {
  return fail({ exitCode: exitCode.usage, text: `${text}\n` });
}
