import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { startPage } from "../../agent/page/server/page.ts";
import { page } from "../../config/shape/page.ts";
import { createAuthority } from "../fakes/certificates.ts";
import { createFakePageSources } from "../fakes/fakePageSources.ts";
import { bench, clock, password } from "./harness.ts";

async function withFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "hazgate-tls-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test("with the box's certificate: HTTPS, a cookie for TLS alone, no old protocol", async () => {
  await withFolder(async (dir) => {
    const authority = createAuthority(dir);
    const { certFile: cert, keyFile: key } = authority.issue("box");
    await using world = await bench({ settings: { tls: { cert, key } } });
    const { port, origin } = new URL(world.server.address);
    expect(origin).toMatch(/^https:/);
    const body = JSON.stringify({ name: "officer", password });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const asked = request(
        {
          ...{ host: "127.0.0.1", port, path: "/api/login", method: "POST", ca: authority.ca },
          headers: { origin, "content-type": "application/json" },
        },
        (answer) => {
          answer.resume();
          resolve({ ...answer.headers, status: answer.statusCode });
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
    expect(headers["status"]).toBe(200);
    expect(String(headers["set-cookie"])).toMatch(/^__Host-hazgate=.*; Secure; SameSite=Strict$/);
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
    const old = new Promise((resolve, reject) => {
      const socket = connect({
        host: "127.0.0.1",
        port: Number(port),
        ca: authority.ca,
        maxVersion: "TLSv1.1",
      });
      socket.on("secureConnect", resolve);
      socket.on("error", reject);
    });
    await expect(old).rejects.toThrow();
  });
});

test("behind the plant's proxy: its word on client and scheme counts, a stranger's does not", async () => {
  const names = ["hazgate.plant.local"];
  const said = {
    "x-forwarded-for": "10.7.7.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "hazgate.plant.local",
  };
  for (const [trust, from, isSecure] of [
    ["127.0.0.1", "10.7.7.7", true],
    ["10.0.0.1", "127.0.0.1", false],
  ] as const) {
    await using world = await bench({ settings: { names, proxy: { trust: [trust] } } });
    const nobody = await world.client();
    const origin = isSecure ? "https://hazgate.plant.local" : new URL(world.server.address).origin;
    const login = { name: "admin", password };
    const answer = await nobody.send("POST", "/api/login", login, { ...said, origin });
    expect(answer.status).toBe(200);
    expect((answer.headers.get("set-cookie") ?? "").includes("Secure")).toBe(isSecure);
    expect(world.sources.noted[0]?.details["from"]).toBe(from);
  }
});

test("what keeps the page from starting is said in one sentence", async () => {
  await withFolder(async (dataDir) => {
    const sources = createFakePageSources({ now: () => clock.now() });
    const log = { info: () => {}, warn: () => {} };
    const start = (given: Record<string, unknown>) =>
      startPage({ settings: page.parse(given), dataDir, sources, clock, log });
    const listen = "127.0.0.1:0";
    expect(await start({ listen: "8080" })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/host:port/),
    });
    const tls = { cert: join(dataDir, "no.pem"), key: join(dataDir, "no.key") };
    expect(await start({ listen, tls })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/cannot be read/),
    });
    await using world = await bench();
    const taken = new URL(world.server.address).host;
    expect(await start({ listen: taken })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/cannot listen/),
    });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(dataDir, "users.json"), "{");
    expect(await start({ listen })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/users.json is damaged/),
    });
  });
});
