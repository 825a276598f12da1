/** Certificates and keys that the site file names: readable, in force, and belonging together. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Word, word } from "../../../config/words/bilingual.ts";
import { type Finding, findingsOf, type Tell } from "./finding.ts";

export interface CertificateFiles {
  /** For people: "uplink city", "page". */
  readonly of: string;
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

const dayMs = 86_400_000;
/** Time enough for the plant to get a new one. */
const soonDays = 30;

export async function lookAtCertificates(
  files: readonly CertificateFiles[],
  nowMs: number,
  tell: Tell,
): Promise<void> {
  for (const { of, ca, cert, key } of files) {
    const authority = ca === null ? null : await readCertificate(of, ca, tell);
    const own = cert === null ? null : await readCertificate(of, cert, tell);
    for (const [path, one] of [
      [ca, authority],
      [cert, own],
    ] as const) {
      if (path !== null && one !== null) tell(ageOf({ of, path }, one, nowMs));
    }
    if (own !== null && key !== null) await lookAtKey({ of, key }, own, tell);
  }
}

async function readCertificate(
  of: string,
  path: string,
  tell: Tell,
): Promise<X509Certificate | null> {
  try {
    return new X509Certificate(await readFile(path));
  } catch (error) {
    findingsOf("certificates", tell).bad(...unreadable(of, path, error));
    return null;
  }
}

async function lookAtKey(
  { of, key }: { readonly of: string; readonly key: string },
  own: X509Certificate,
  tell: Tell,
): Promise<void> {
  const { well, bad } = findingsOf("certificates", tell);
  try {
    if (own.checkPrivateKey(createPrivateKey(await readFile(key)))) {
      well(`${of}: 私钥与证书相符`, `${of}: the key belongs to the certificate`);
    } else {
      bad(
        word(
          `${of}: 私钥 ${key} 不是这张证书的`,
          `${of}: the key ${key} is of another certificate`,
        ),
        word(
          "重新向平台申请, 或换回配套的文件",
          "ask for a new pair, or put the matching file back",
        ),
      );
    }
  } catch (error) {
    bad(...unreadable(of, key, error));
  }
}

function ageOf(
  { of, path }: { readonly of: string; readonly path: string },
  certificate: X509Certificate,
  nowMs: number,
): Finding {
  const area = "certificates";
  const from = certificate.validFromDate.getTime();
  const days = Math.floor((certificate.validToDate.getTime() - nowMs) / dayMs);
  const name = `${of}: ${path}`;
  const renew = word("向发证方申请新证书", "ask its issuer for a new one");
  if (nowMs < from) {
    const date = certificate.validFromDate.toISOString().slice(0, 10);
    const seen = word(`${name} 从 ${date} 起才有效`, `${name} is valid from ${date} only`);
    const cure = word(
      "多半是本机时钟慢了: hazgate doctor 的时钟一项",
      "most likely this box's clock is behind: see clock",
    );
    return { area, state: "bad", seen, cure };
  }
  if (days < 0) {
    const seen = word(`${name} 已过期 ${-days} 天`, `${name} expired ${-days} days ago`);
    return { area, state: "bad", seen, cure: renew };
  }
  const seen = word(`${name} 还有 ${days} 天到期`, `${name} is valid for ${days} more days`);
  return days < soonDays
    ? { area, state: "doubtful", seen, cure: renew }
    : { area, state: "well", seen, cure: null };
}

function unreadable(of: string, path: string, error: unknown): [Word, Word] {
  const why = error instanceof Error ? error.message : String(error);
  return [
    word(`${of}: ${path} 读不了: ${why}`, `${of}: ${path} cannot be read: ${why}`),
    word(
      `确认文件存在、是 PEM 格式、本用户可读 (chmod 600, chown)`,
      "see that it is there, is PEM, and may be read by this user (chmod 600, chown)",
    ),
  ];
}
