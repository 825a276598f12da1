/** The certificate that the page is served with: the plant's from two files, or the box's own; followed while it runs. */

import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Listen, PageSettings } from "../../../config/shape/page.ts";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import { ownAddresses } from "./hosts.ts";
import { type Certificate, ownCertificate } from "./ownCertificate.ts";

/** How often the files are looked at: somebody may have put a new certificate there. */
const everyMs = 3_600_000;

export interface CertificateOptions {
  readonly settings: PageSettings;
  readonly listen: Listen;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Where a file named in the site file is. */
  readonly pathOf: (name: string) => string;
}

/** Null: plain HTTP. Fails with one sentence. */
export async function readCertificate(
  options: CertificateOptions,
): Promise<Result<Certificate | null, string>> {
  const { settings, dataDir, clock, pathOf } = options;
  const { tls } = settings;
  if (tls === undefined) return ok(null);
  try {
    if (tls === "own") {
      const now = clock.now().wallMs;
      return ok(await ownCertificate({ dataDir, names: namesOf(options), now }));
    }
    const [cert, key] = await Promise.all([readFile(pathOf(tls.cert)), readFile(pathOf(tls.key))]);
    return ok({ cert, key });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(`the page's certificate or key cannot be read: ${why}`);
  }
}

/** Calls `onNew` with each certificate that replaces the one before; trouble is told and tried again. */
export async function followCertificate(
  first: Certificate,
  options: CertificateOptions & {
    readonly onNew: (certificate: Certificate) => void;
    readonly onTrouble: (what: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { clock, signal } = options;
  let current = first;
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    const read = await readCertificate(options);
    if (!read.ok) options.onTrouble(read.error);
    else if (read.value !== null && !read.value.cert.equals(current.cert)) {
      current = read.value;
      try {
        options.onNew(current);
      } catch (error) {
        options.onTrouble(`the new certificate is not usable: ${String(error)}`);
      }
    }
  }
}

function namesOf({ settings, listen }: CertificateOptions): string[] {
  const isAll = listen.host === "0.0.0.0" || listen.host === "::";
  const addresses = isAll ? [...ownAddresses()].filter((one) => !one.startsWith("fe80:")) : [];
  const host = isAll ? [] : [listen.host];
  const names = ["localhost", "127.0.0.1", hostname(), `${hostname()}.local`];
  return [...new Set([...host, ...names, ...settings.names, ...addresses])];
}
