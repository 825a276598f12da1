/** Text of a site file -> Site, or every fault at once, each with its place and the way out. */

import { type CheckIo, checkSite } from "./check.ts";
import { spreadConnections } from "./connections.ts";
import { type Fault, hasErrors, placeFault, worstFirst } from "./faults/fault.ts";
import { schemaFindings } from "./faults/schemaFaults.ts";
import type { LoadedSite, SiteText } from "./loadedSite.ts";
import { siteJsonSchema } from "./reference.ts";
import { type Site, siteSchema } from "./site.ts";
import { linesOf } from "./source/lines.ts";
import { readPlain } from "./source/readPlain.ts";
import { readYaml } from "./source/readYaml.ts";
import {
  emptyFileFault,
  encodingFault,
  notMapFault,
  type SourceFault,
  tooLargeFault,
} from "./source/sourceFaults.ts";
import { entryAt, placeOf, type SourceTree } from "./source/tree.ts";
import { fail, ok, type Result } from "./words/result.ts";

/** A file larger than this is refused unread: 10,000 points take about 2 MiB, 100,000 about 20. */
export const siteFileMiBMax = 24;

/**
 * Above this size the plain reader is tried first (20 times faster), which leaves anything unusual to the
 * library. Files of usual size are always read by the library.
 */
const plainReaderFrom = 128 * 1024;

/** Reads and checks the shape. Pure, never throws; faults are errors, worst first. */
export function loadSite({ file, text: raw }: SiteText): Result<LoadedSite, readonly Fault[]> {
  const text = raw.startsWith("\ufeff") ? raw.slice(1) : raw;
  const tree = readSource(text);
  if (!tree.ok) {
    return fail(
      worstFirst(
        tree.error.map(({ at, end, ...words }) =>
          placeFault(file, linesOf(text).place(at, end), {
            ...words,
            severity: "error",
            path: [],
          }),
        ),
      ),
    );
  }
  const { value: source } = tree;
  const parsed = siteSchema.safeParse(source.root.value);
  if (!parsed.success) {
    const findings = schemaFindings(parsed.error.issues, source, siteJsonSchema());
    return fail(
      worstFirst(
        findings.map((finding) =>
          placeFault(file, placeOf(source, finding.path, finding.atKey ?? false), finding),
        ),
      ),
    );
  }
  return ok({
    file,
    text,
    site: parsed.data,
    where: (path, atKey = false) => placeOf(source, path, atKey),
    isWritten: (path) => entryAt(source.root, path) !== null,
  });
}

/** Both stages, for a program that wants to run the site: warnings pass, errors do not; each connection is a bus. */
export function readSite({
  file,
  text,
  io,
}: SiteText & { readonly io: CheckIo }): Result<
  { readonly site: Site; readonly warnings: readonly Fault[] },
  readonly Fault[]
> {
  const loaded = loadSite({ file, text });
  if (!loaded.ok) return loaded;
  const faults = checkSite(loaded.value, io);
  if (hasErrors(faults)) return fail(faults);
  return ok({ site: spreadConnections(loaded.value.site), warnings: faults });
}

function readSource(text: string): Result<SourceTree, readonly SourceFault[]> {
  if (text.length > siteFileMiBMax * 1024 ** 2) return fail([tooLargeFault(siteFileMiBMax)]);
  const lines = linesOf(text);
  const broken = text.indexOf("\ufffd");
  if (broken !== -1) return fail([encodingFault(broken)]);
  const plain = text.length >= plainReaderFrom ? readPlain(text) : null;
  const root = plain === null ? readYaml(text, lines) : ok(plain);
  if (!root.ok) return root;
  if (root.value.kind === "scalar" && root.value.value === null) return fail([emptyFileFault()]);
  if (root.value.kind !== "map") return fail([notMapFault()]);
  return ok({ root: root.value, lines, text });
}
