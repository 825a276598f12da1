/** Reads what the site file only names: passwords, certificates, keys. */

import { readFile } from "node:fs/promises";
import type { MqttUplink } from "../config/site.ts";
import { secretPath } from "./checkIo.ts";

export interface UplinkSecrets {
  readonly password?: Buffer;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * What can be read, and one sentence naming each file that cannot. A lost password or certificate keeps the uplink
 * from connecting, never the box from watching.
 */
export async function readUplinkSecrets(
  uplink: MqttUplink,
  siteFile: string,
): Promise<{ readonly secrets: UplinkSecrets; readonly troubles: readonly string[] }> {
  const secrets: { -readonly [Name in keyof UplinkSecrets]: UplinkSecrets[Name] } = {};
  const troubles: string[] = [];
  const files = {
    password: uplink.passwordFile,
    ca: uplink.tls?.ca,
    cert: uplink.tls?.cert,
    key: uplink.tls?.key,
  } as const;
  for (const name of secretNames) {
    const path = files[name];
    if (path === undefined) continue;
    try {
      const bytes = await readFile(secretPath(siteFile, path));
      // An editor's closing line break is no part of a password.
      secrets[name] = name === "password" ? Buffer.from(bytes.toString("utf8").trimEnd()) : bytes;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      troubles.push(`cannot read the uplink's ${name} file: ${why}`);
    }
  }
  return { secrets, troubles };
}

const secretNames = ["password", "ca", "cert", "key"] as const;
