/** Reads what the site file only names: passwords, certificates, keys. */

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { MqttUplink } from "../config/site.ts";
import { fail, ok, type Result } from "../config/words/result.ts";

export interface UplinkSecrets {
  readonly password?: Buffer;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Paths are taken from the site file's own folder. Fails with one sentence naming the file. */
export async function readUplinkSecrets(
  uplink: MqttUplink,
  siteFile: string,
): Promise<Result<UplinkSecrets, string>> {
  const secrets: { password?: Buffer; ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  const files = {
    password: uplink.passwordFile,
    ca: uplink.tls?.ca,
    cert: uplink.tls?.cert,
    key: uplink.tls?.key,
  };
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue;
    try {
      const bytes = await readFile(resolve(dirname(siteFile), path));
      // An editor's closing line break is no part of a password.
      secrets[name as keyof UplinkSecrets] =
        name === "password" ? Buffer.from(bytes.toString("utf8").trimEnd()) : bytes;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return fail(`cannot read the uplink's ${name} file: ${why}`);
    }
  }
  return ok(secrets);
}
