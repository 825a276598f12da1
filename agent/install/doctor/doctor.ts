/** Looks at everything on this box that keeps hazgate from its work, in the order in which it is put right. */

import { hasErrors } from "../../../config/faults/fault.ts";
import { readSite } from "../../../config/load.ts";
import type { Site } from "../../../config/site.ts";
import { word } from "../../../config/words/bilingual.ts";
import type { Clock } from "../../../config/words/time.ts";
import { checkIoFor, secretPath } from "../../checkIo.ts";
import { readUplinkSecrets } from "../../secrets.ts";
import type { Machine } from "../../timekeeping/machine.ts";
import { type CertificateFiles, lookAtCertificates } from "./certificates.ts";
import { lookAtClock } from "./clockLook.ts";
import { lookAtDataFolder } from "./dataFolder.ts";
import { command, findingsOf, type Tell } from "./finding.ts";
import { lookAtPage } from "./listening.ts";
import { lookAtProgram } from "./program.ts";
import { lookAtSerialPorts } from "./serialPorts.ts";
import { lookAtUplink } from "./uplink.ts";

export interface DoctorOptions {
  readonly config: string;
  /** Null: there is no such file. */
  readonly text: string | null;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly signal: AbortSignal;
}

export async function examine(options: DoctorOptions, tell: Tell): Promise<void> {
  const { dataDir, clock, signal } = options;
  await lookAtProgram(tell);
  const site = lookAtSite(options, tell);
  const isRunning = await lookAtDataFolder(dataDir, site, tell);
  await lookAtClock(options, tell);
  if (site === null) return;
  await lookAtSerialPorts(site, isRunning, tell);
  if (site.page !== undefined) await lookAtPage(site.page.listen, isRunning, tell);
  await lookAtCertificates(certificateFiles(site, options.config), clock.now().wallMs, tell);
  for (const [id, settings] of Object.entries(site.uplinks)) {
    if (signal.aborted) return;
    const { secrets, troubles } = await readUplinkSecrets(settings, options.config);
    for (const trouble of troubles) {
      const cure = word("改正文件名或权限 (chmod 600)", "mend its name or mode (chmod 600)");
      findingsOf("uplink", tell).bad(word(`${id}: ${trouble}`, `${id}: ${trouble}`), cure);
    }
    const { id: siteId, box } = site.site;
    await lookAtUplink({ id, settings, secrets, site: siteId, box, clock, signal }, tell);
  }
}

function lookAtSite({ config, text }: DoctorOptions, tell: Tell): Site | null {
  const { well, doubtful, bad } = findingsOf("site", tell);
  if (text === null) {
    bad(
      word(`没有站点文件 ${config}`, `there is no site file ${config}`),
      word("用 --config 指定", "name it with --config"),
    );
    return null;
  }
  const read = readSite({ file: config, text, io: checkIoFor(config) });
  const faults = read.ok ? read.value.warnings : read.error;
  const errors = faults.filter(({ severity }) => severity === "error").length;
  const warnings = faults.length - errors;
  const check = command(`hazgate check ${config}`);
  if (!read.ok || hasErrors(faults)) {
    bad(word(`${config}: ${errors} 个错误`, `${config}: ${errors} errors`), check);
    return null;
  }
  const points = Object.keys(read.value.site.points).length;
  if (warnings > 0) {
    doubtful(word(`${config}: ${warnings} 个警告`, `${config}: ${warnings} warnings`), check);
  } else well(`${config}: ${points} 个测点, 没有错误`, `${config}: ${points} points, no fault`);
  return read.value.site;
}

function certificateFiles(site: Site, config: string): readonly CertificateFiles[] {
  const path = (name: string | undefined): string | null =>
    name === undefined ? null : secretPath(config, name);
  const uplinks = Object.entries(site.uplinks).map(([id, { tls }]) => ({
    ...{ of: id, ca: path(tls?.ca), cert: path(tls?.cert), key: path(tls?.key) },
  }));
  const page = site.page?.tls;
  if (page === undefined || page === "own") return uplinks;
  return [...uplinks, { of: "page", ca: null, cert: path(page.cert), key: path(page.key) }];
}
