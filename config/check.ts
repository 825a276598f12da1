/** Faults between fields of a well-formed site: what no schema can see. Pure, except for the injected look at files. */

import { announceFindings } from "./checks/announce.ts";
import { busFindings } from "./checks/buses.ts";
import { cameraFindings } from "./checks/cameras.ts";
import { gasFindings } from "./checks/gas.ts";
import { lifeCycleFindings } from "./checks/lifeCycle.ts";
import { limitFindings } from "./checks/limits.ts";
import { overlapFindings } from "./checks/overlaps.ts";
import { pageFindings } from "./checks/page.ts";
import { referenceFindings } from "./checks/references.ts";
import { registerFindings } from "./checks/registers.ts";
import { ruleFindings } from "./checks/rules.ts";
import { secretFindings } from "./checks/secrets.ts";
import type { SerialName } from "./checks/serialPorts.ts";
import { storageFindings } from "./checks/storage.ts";
import { unusedFindings } from "./checks/unused.ts";
import { uplinkFindings } from "./checks/uplinks.ts";
import { valueFindings } from "./checks/values.ts";
import { type Fault, type Finding, placeFault, worstFirst } from "./faults/fault.ts";
import type { LoadedSite } from "./loadedSite.ts";
import type { Site } from "./site.ts";

/** What the checks ask of the machine. */
export interface CheckIo {
  /** Type and permission bits (st_mode) of the file at `path` as written in the site file; null: there is none. */
  fileMode(path: string): number | null;
  /** Whether the lines are fast enough, asked of a site without other errors; left out: not looked at. */
  readonly lineFindings?: (site: Site) => readonly Finding[];
  /** The serial adapters of this machine by their lasting names; left out: not looked at. */
  readonly serialNames?: () => readonly SerialName[];
}

/** All faults, worst first. No error among them: the site can be run. Never throws. */
export function checkSite(loaded: LoadedSite, io: CheckIo): readonly Fault[] {
  const { site, file } = loaded;
  const findings = [
    ...referenceFindings(site),
    ...busFindings(site, io.serialNames?.() ?? []),
    ...registerFindings(loaded),
    ...overlapFindings(site),
    ...valueFindings(site),
    ...limitFindings(site),
    ...gasFindings(site),
    ...ruleFindings(site),
    ...lifeCycleFindings(site),
    ...uplinkFindings(site),
    ...secretFindings(site, io.fileMode),
    ...announceFindings(site, io.fileMode),
    ...pageFindings(site, io.fileMode),
    ...cameraFindings(site),
    ...storageFindings(site),
    ...unusedFindings(site),
  ];
  const isSound = findings.every(({ severity }) => severity !== "error");
  const lines = isSound ? (io.lineFindings?.(site) ?? []) : [];
  return worstFirst(
    [...findings, ...lines].map((finding) =>
      placeFault(file, loaded.where(finding.path, finding.atKey ?? false), finding),
    ),
  );
}
