/** `hazgate cam scan`: who answers on this network, who they say they are, and lines for the site file. */

import { stringify } from "yaml";
import type { Clock } from "../../config/words/time.ts";
import { readUrl } from "../../drivers/cameras/addressForms.ts";
import { createAddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import { createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import {
  discover,
  type FoundCamera,
  listInterfaces,
  type NetworkInterface,
} from "../../drivers/cameras/onvif/discovery.ts";
import { openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

export interface ScanCommand {
  /** Null: every interface but loopback. */
  readonly interface: string | null;
  readonly forMs: number;
  readonly json: boolean;
  readonly clock: Clock;
  readonly randomHex: () => string;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

interface Row extends FoundCamera {
  readonly interface: string;
  /** The first address that may be contacted. */
  readonly url: string | null;
  /** Null: not contacted, or its clock cannot be read. */
  readonly clockOffsetMs: number | null;
  readonly error: CameraError | null;
}

/** Interfaces looked at, at once, and cameras contacted. */
const interfacesMax = 8;
const contactsMax = 256;
const contactsAtOnce = 8;

/** @returns 0 some were found, 1 none, 2 no such interface. */
export async function camScan(command: ScanCommand): Promise<number> {
  const { io, json } = command;
  const t = (zh: string, en: string): string => say(io.lang, { zh, en });
  const all = listInterfaces();
  const chosen = all.filter(({ name, address }) =>
    command.interface === null
      ? !address.startsWith("127.")
      : [name, address].includes(command.interface),
  );
  if (chosen.length === 0) {
    const names = all.map(({ name, address }) => `${name} (${address})`).join(", ");
    io.err(t(`没有这样的网口; 有: ${names}\n`, `no such interface; there are: ${names}\n`));
    return exitCode.usage;
  }
  const found = await Promise.all(chosen.slice(0, interfacesMax).map((one) => look(command, one)));
  const rows = unique(found.flat());
  io.out(json ? `${JSON.stringify({ cameras: rows }, null, 2)}\n` : table(rows, t));
  if (!json && rows.length > 0) io.out(`\n${proposal(rows, t)}`);
  return rows.length > 0 ? exitCode.well : exitCode.problems;
}

async function look(command: ScanCommand, one: NetworkInterface): Promise<readonly Row[]> {
  const { io, clock, forMs, signal } = command;
  const t = (zh: string, en: string): string => say(io.lang, { zh, en });
  io.err(
    t(
      `${one.name} (${one.cidr}): 查找 ${forMs / 1000} 秒...\n`,
      `${one.name} (${one.cidr}): looking for ${forMs / 1000} s...\n`,
    ),
  );
  const guard = createAddressGuard({ hosts: [], networks: [one.cidr] });
  const found = await discover({ interface: one, guard, forMs, clock, signal });
  if (!found.ok) {
    io.err(`${one.name}: ${found.error.message}\n`);
    return [];
  }
  io.err(
    t(`${one.name}: ${found.value.length} 台\n`, `${one.name}: ${found.value.length} found\n`),
  );
  const rows: Row[] = [];
  const waiting = found.value.slice(0, contactsMax);
  while (waiting.length > 0 && !signal.aborted) {
    const some = waiting.splice(0, contactsAtOnce);
    rows.push(...(await Promise.all(some.map((camera) => contact(command, one, camera)))));
  }
  return rows;
}

/** Without a password: only its clock is asked, which answers anybody. */
async function contact(
  { clock, randomHex, signal }: ScanCommand,
  one: NetworkInterface,
  camera: FoundCamera,
): Promise<Row> {
  const url = camera.addresses.find(({ isAllowed }) => isAllowed)?.url ?? null;
  const row = { ...camera, interface: one.name, url, clockOffsetMs: null, error: null };
  if (url === null) return row;
  const networks = [one.cidr];
  const guard = createAddressGuard({ hosts: [readUrl(url)?.host ?? ""], networks });
  const access = { id: url, credentials: null, networks };
  const http = createCameraHttp({ access, guard, clock, randomHex });
  const onvif = openOnvifCamera({ url, access, guard, http, clock, deadlineMs: 4_000 });
  const offset = await onvif.clockOffset(signal);
  return offset.ok
    ? { ...row, clockOffsetMs: offset.value.offsetMs }
    : { ...row, error: offset.error };
}

/** A camera with two interfaces answers on both. */
function unique(rows: readonly Row[]): readonly Row[] {
  const byUrn = new Map<string, Row>();
  for (const row of rows) {
    const known = byUrn.get(row.urn);
    if (known === undefined || (known.url === null && row.url !== null)) byUrn.set(row.urn, row);
  }
  return [...byUrn.values()];
}

type Translate = (zh: string, en: string) => string;

function table(rows: readonly Row[], t: Translate): string {
  if (rows.length === 0) return t("没有摄像机应答\n", "no camera answered\n");
  return rows
    .map(({ name, hardware, url, addresses, clockOffsetMs, error }) => {
      const head = [name, hardware].filter((word) => word !== "").join("  ");
      const outside = addresses
        .filter(({ isAllowed }) => !isAllowed)
        .map((one) => `    ${t("不联系 (不在此网段)", "not contacted (outside)")}: ${one.url}\n`)
        .join("");
      const seconds = ((clockOffsetMs ?? 0) / 1_000).toFixed(1);
      const offset =
        clockOffsetMs === null
          ? (error?.message ?? "")
          : t(`钟差 ${seconds} 秒`, `clock off by ${seconds} s`);
      return `${head === "" ? "?" : head}\n    ${url ?? "-"}  ${offset}\n${outside}`;
    })
    .join("");
}

/** Names come from the network: written by the YAML library, never pasted. */
function proposal(rows: readonly Row[], t: Translate): string {
  const head = t(
    "# 站点文件片段: 补上 username、passwordFile、place、tanks",
    "# for the site file: add username, passwordFile, place, tanks",
  );
  const usable = rows.filter(({ url }) => url !== null);
  const cameras = Object.fromEntries(
    usable.map(({ name, hardware, url }, index) => [
      `cam-${String(index + 1).padStart(2, "0")}`,
      { ...(name + hardware === "" ? {} : { name: name === "" ? hardware : name }), onvif: url },
    ]),
  );
  return usable.length === 0 ? "" : `${head}\n${stringify({ cameras })}`;
}
