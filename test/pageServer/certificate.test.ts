import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { followCertificate, readCertificate } from "../../agent/page/server/certificate.ts";
import { page } from "../../config/shape/page.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

test("new files are taken within the hour, once; what is not usable is told and the old one stays", async () => {
  const dir = await mkdtemp(join(tmpdir(), "hazgate-follow-"));
  try {
    const clock = new FakeClock();
    const cert = join(dir, "page.pem");
    await writeFile(cert, "one");
    await writeFile(join(dir, "page.key"), "key");
    const options = {
      settings: page.parse({ tls: { cert: "page.pem", key: "page.key" } }),
      ...{ listen: { host: "127.0.0.1", port: 0 }, dataDir: dir, clock },
      pathOf: (name: string) => join(dir, name),
    };
    const first = await readCertificate(options);
    if (!first.ok || first.value === null) throw new Error("no certificate");
    const taken: string[] = [];
    const troubles: string[] = [];
    const ending = new AbortController();
    const run = followCertificate(first.value, {
      ...options,
      onNew({ cert: bytes }) {
        taken.push(bytes.toString());
        if (bytes.toString() === "bad") throw new Error("no start line");
      },
      onTrouble: (what) => troubles.push(what),
      signal: ending.signal,
    });
    const hour = async (): Promise<void> => {
      await clock.advance(3_600_000);
      // The files are read for real.
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await hour();
    expect(taken).toEqual([]);
    await writeFile(cert, "two");
    await hour();
    await hour();
    expect(taken).toEqual(["two"]);
    await writeFile(cert, "bad");
    await hour();
    expect(troubles).toEqual([expect.stringMatching(/not usable.*no start line/)]);
    await rm(cert);
    await hour();
    expect(troubles[1]).toMatch(/cannot be read/);
    ending.abort();
    await clock.advance(3_600_000);
    await run;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
