/** Reads what the site file only names: passwords, certificates, keys. */

import { readFile } from "node:fs/promises";
import type { Camera, MqttUplink } from "../config/site.ts";
import { secretPath } from "./checkIo.ts";

export interface UplinkSecrets {
  readonly password?: Buffer;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface CameraSecrets {
  readonly password?: string;
  /** PEM. */
  readonly ca?: string;
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

/** As `readUplinkSecrets`, for all cameras. */
export async function readCameraSecrets(
  cameras: Readonly<Record<string, Camera>>,
  siteFile: string,
): Promise<{
  readonly secrets: Readonly<Record<string, CameraSecrets>>;
  readonly troubles: readonly string[];
}> {
  const secrets: Record<string, CameraSecrets> = {};
  const troubles: string[] = [];
  for (const [id, { passwordFile, ca }] of Object.entries(cameras)) {
    const read = async (what: string, path: string | undefined): Promise<string | null> => {
      if (path === undefined) return null;
      try {
        return (await readFile(secretPath(siteFile, path), "utf8")).trimEnd();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        troubles.push(`cannot read the ${what} file of camera ${id}: ${why}`);
        return null;
      }
    };
    const password = await read("password", passwordFile);
    const authority = await read("ca", ca);
    secrets[id] = {
      ...(password === null ? {} : { password }),
      ...(authority === null ? {} : { ca: authority }),
    };
  }
  return { secrets, troubles };
}
