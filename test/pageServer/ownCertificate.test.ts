import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Certificate, ownCertificate } from "../../agent/page/server/ownCertificate.ts";
import { wallMs } from "../../config/words/time.ts";
import { bench, clock } from "./harness.ts";

const dayMs = 86_400_000;
const names = ["localhost", "127.0.0.1", "::1", "gw-01.plant.local"];

async function withFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "hazgate-own-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test("tls: own serves HTTPS with a certificate that a browser can check by its fingerprint", async () => {
  await using world = await bench({ settings: { tls: "own" } });
  const { address, fingerprint } = world.server;
  expect(address).toMatch(/^https:/);
  const pem = await readFile(join(world.dataDir, "page-certificate.pem"));
  const { raw } = new X509Certificate(pem);
  const hash = createHash("sha256").update(raw).digest("hex").toUpperCase();
  expect(fingerprint?.replaceAll(":", "")).toBe(hash);
  const status = await new Promise((resolve, reject) => {
    // Verified, name and all: the certificate is its own authority.
    request(new URL("/api/me", address), { ca: pem }, ({ statusCode }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(200);
  await world.restart();
  expect(world.server.fingerprint).toBe(fingerprint);
});

test("its key is for the agent's eyes only, and it stands for every name it was asked for", async () => {
  await withFolder(async (dataDir) => {
    const { cert } = await ownCertificate({ dataDir, names, now: clock.now().wallMs });
    expect((await stat(join(dataDir, "page-certificate.pem"))).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(cert);
    expect(certificate.checkHost("gw-01.plant.local")).toBe("gw-01.plant.local");
    expect(certificate.checkIP("::1")).toBe("::1");
    expect(certificate.ca).toBe(false);
  });
});

test("the kept one is used again until 30 days before its end, a new name or damage", async () => {
  await withFolder(async (dataDir) => {
    const start = clock.now().wallMs;
    const at = (days: number, asked = names): Promise<Certificate> =>
      ownCertificate({ dataDir, names: asked, now: wallMs(start + days * dayMs) });
    const first = await at(0);
    expect((await at(794)).cert).toEqual(first.cert);
    const renewed = await at(796);
    expect(renewed.cert).not.toEqual(first.cert);
    expect(Date.parse(new X509Certificate(renewed.cert).validTo)).toBeGreaterThan(
      start + 1_600 * dayMs,
    );
    const named = await at(796, [...names, "192.168.9.9"]);
    expect(named.cert).not.toEqual(renewed.cert);
    expect((await at(796)).cert).toEqual(named.cert);
    await writeFile(join(dataDir, "page-certificate.pem"), "damaged");
    expect(() => new X509Certificate("damaged")).toThrow();
    expect(new X509Certificate((await at(796)).cert).subject).toBe("CN=hazgate");
  });
});

test("a clock that was set back past its beginning makes a fresh one", async () => {
  await withFolder(async (dataDir) => {
    const now = clock.now().wallMs;
    const first = await ownCertificate({ dataDir, names, now });
    const back = await ownCertificate({ dataDir, names, now: wallMs(now - 400 * dayMs) });
    expect(back.cert).not.toEqual(first.cert);
  });
});
