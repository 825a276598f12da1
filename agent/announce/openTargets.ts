/** The targets of a site file with the secrets it only names. */

import { readFile } from "node:fs/promises";
import type { Site } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { secretPath } from "../checkIo.ts";
import type { SiteHead, Target } from "./announcement.ts";

type Settings = Site["alarms"]["announce"][string];

/** Most of a secret file that makes sense. */
const secretBytesMax = 65_536;

/** A target whose secret cannot be read is left out, with one sentence: it must not keep the others from telling. */
export async function openTargets(
  announce: Site["alarms"]["announce"],
  siteFile: string,
): Promise<{ readonly targets: readonly Target[]; readonly troubles: readonly string[] }> {
  const targets: Target[] = [];
  const troubles: string[] = [];
  for (const [id, settings] of Object.entries(announce)) {
    const opened = await openTarget(id, settings, siteFile);
    if (opened.ok) targets.push(opened.value);
    else troubles.push(opened.error);
  }
  return { targets, troubles };
}

export function siteHead({ site }: Pick<Site, "site">): SiteHead {
  return { id: site.id, box: site.box, name: site.name, timezone: site.timezone };
}

async function openTarget(
  id: string,
  settings: Settings,
  siteFile: string,
): Promise<Result<Target, string>> {
  const head = {
    id,
    priorities: settings.priorities,
    events: settings.events,
    lang: settings.lang,
    perMinute: settings.perMinute,
    maxAgeMs: settings.maxAge,
    timeoutMs: settings.timeout,
  };
  if (settings.type === "command") return ok({ ...head, kind: "command", run: settings.run });
  const files = secretFiles(settings);
  const read: Record<"url" | "secret" | "token" | "ca", string | null> = {
    ...{ url: settings.url ?? null, secret: null, token: null, ca: null },
  };
  for (const name of ["url", "secret", "token", "ca"] as const) {
    const file = files[name];
    if (file === undefined) continue;
    const text = await readText(secretPath(siteFile, file));
    if (!text.ok) return fail(`announcing to ${id}: cannot read its ${name} file: ${text.error}`);
    read[name] = text.value;
  }
  const { url, secret, token, ca } = read;
  if (url === null || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) {
    return fail(`announcing to ${id}: its address is not an http(s) URL`);
  }
  return ok({
    ...head,
    kind: settings.type,
    ...{ url, secret, token, ca },
    headers: settings.type === "webhook" ? settings.headers : {},
    mentionAll: settings.type === "webhook" ? [] : settings.mentionAll,
  });
}

function secretFiles(settings: Exclude<Settings, { type: "command" }>) {
  const isPlain = settings.type === "webhook";
  return {
    url: settings.urlFile,
    secret: settings.type === "wecom" ? undefined : settings.secretFile,
    token: isPlain ? settings.tokenFile : undefined,
    ca: isPlain ? settings.ca : undefined,
  };
}

async function readText(file: string): Promise<Result<string, string>> {
  try {
    const bytes = await readFile(file);
    if (bytes.byteLength > secretBytesMax) return fail("it is too large");
    // An editor's closing line break is no part of a secret.
    return ok(bytes.toString("utf8").trim());
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
