/** A certificate authority for one test, made by openssl in a folder of its own. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface CertificateAuthority {
  readonly caFile: string;
  readonly ca: Buffer;
  /** `name` becomes the common name; valid for localhost and 127.0.0.1 unless `alternatives` says otherwise. */
  issue(name: string, alternatives?: string): Pair;
}

export function createAuthority(dir: string, name = "test-ca"): CertificateAuthority {
  const caKey = join(dir, `${name}.key`);
  const caFile = join(dir, `${name}.pem`);
  newKey(caKey);
  openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    caKey,
    "-subj",
    `/CN=${name}`,
    "-days",
    "2",
    "-out",
    caFile,
  );
  return {
    caFile,
    ca: readFileSync(caFile),
    issue(subject, alternatives = "DNS:localhost,IP:127.0.0.1") {
      const keyFile = join(dir, `${name}-${subject}.key`);
      const certFile = join(dir, `${name}-${subject}.pem`);
      const request = join(dir, `${name}-${subject}.csr`);
      const extensions = join(dir, `${name}-${subject}.ext`);
      newKey(keyFile);
      openssl("req", "-new", "-key", keyFile, "-subj", `/CN=${subject}`, "-out", request);
      writeFileSync(extensions, `subjectAltName=${alternatives}\n`);
      openssl(
        ...["x509", "-req", "-in", request, "-CA", caFile, "-CAkey", caKey, "-CAcreateserial"],
        ...["-days", "2", "-extfile", extensions, "-out", certFile],
      );
      return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
    },
  };
}

function newKey(file: string): void {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file);
}

function openssl(...words: string[]): void {
  execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
}
