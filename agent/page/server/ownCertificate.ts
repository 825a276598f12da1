/**
 * The box's own certificate, for a page without the plant's: made here, kept beside the users, renewed in time. Nobody
 * vouches for it: people compare the fingerprint that the box prints with the one their browser shows.
 */

// What the certificate library expects to be there.
import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { WallMs } from "../../../config/words/time.ts";
import { readWhole, writeWhole } from "./durableFile.ts";

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const dayMs = 86_400_000;
/** The longest that browsers accept of a certificate somebody installs by hand. */
const validMs = 825 * dayMs;
const renewBeforeMs = 30 * dayMs;
/** A box whose clock is behind when it starts, or that of a browser, finds it valid all the same. */
const backdatedMs = 2 * dayMs;
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signing = { name: "ECDSA", hash: "SHA-256" } as const;

/**
 * The kept one while it is valid for 30 days more and stands for all `names` (host names and addresses), else a fresh
 * one, durable before it is used. Rejects when the folder cannot be written.
 */
export async function ownCertificate(options: {
  readonly dataDir: string;
  readonly names: readonly string[];
  readonly now: WallMs;
}): Promise<Certificate> {
  const { dataDir, names, now } = options;
  const file = join(dataDir, "page-certificate.pem");
  const kept = await readWhole(file);
  if (kept !== null && isGood(kept, names, now)) return parts(kept);
  const fresh = await make(names, now);
  await writeWhole(file, fresh);
  return parts(fresh);
}

/** SHA-256, in the form that browsers show. */
export function fingerprint(cert: Buffer): string {
  return new X509Certificate(cert).fingerprint256;
}

function isGood(pem: string, names: readonly string[], now: WallMs): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const isInTime =
      Date.parse(certificate.validFrom) <= now &&
      Date.parse(certificate.validTo) - renewBeforeMs > now;
    return isInTime && names.every((name) => standsFor(certificate, name));
  } catch {
    // A damaged file: a fresh one replaces it.
    return false;
  }
}

function standsFor(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return found !== undefined;
}

function parts(pem: string): Certificate {
  const bytes = Buffer.from(pem);
  return { cert: bytes, key: bytes };
}

async function make(names: readonly string[], now: WallMs): Promise<string> {
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=hazgate",
    keys,
    signingAlgorithm: signing,
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + validMs),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
      ),
    ],
  });
  const key = await subtle.exportKey("pkcs8", keys.privateKey);
  return `${PemConverter.encode(key, "PRIVATE KEY")}\n${certificate.toString("pem")}\n`;
}
