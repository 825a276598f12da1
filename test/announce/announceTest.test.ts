import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { announceTest } from "../../agent/commands/announceTest.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { goodSite } from "../config/siteCases.ts";
import { receiver } from "./parts.ts";

const dir = mkdtempSync(join(tmpdir(), "announce-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

async function run(announce: Record<string, unknown>, id: string | null = null, json = false) {
  const config = join(dir, "site.yaml");
  writeFileSync(config, stringify({ ...goodSite(), alarms: { announce } }));
  let out = "";
  const take = (text: string): void => {
    out += text;
  };
  const code = await announceTest({
    ...{ config, id, json, clock: createRealClock(), random: Math.random },
    io: { out: take, err: take, lang: "en", isTerminal: false, colour: false, width: 80 },
    signal: new AbortController().signal,
  });
  return { code, out };
}

it("tells a robot whose address lies in a file, and says which target fails, without its secret", async () => {
  await using server = await receiver((_, response) => response.end('{"errcode":0}'));
  writeFileSync(join(dir, "url"), `${server.url}\n`, { mode: 0o600 });
  const well = { type: "dingtalk", urlFile: "url" };
  expect(await run({ group: well })).toMatchObject({ code: 0 });
  const siren = { type: "command", run: ["/no/such/siren"] };
  const { code, out } = await run({ group: well, siren });
  expect(code).toBe(1);
  expect(out).toContain("siren: failed");
  expect(out).not.toContain("PLANTED");
  expect(await run({ group: well }, "nobody")).toMatchObject({ code: 2 });
  expect(JSON.parse((await run({ group: well, siren }, null, true)).out)).toEqual([
    { target: "group", ok: true, tookMs: expect.any(Number) },
    { target: "siren", ok: false, error: expect.any(String) },
  ]);
});

it("refuses an address file that everybody can read, and a target without an address", async () => {
  writeFileSync(join(dir, "open"), "https://h/\n", { mode: 0o644 });
  const open = await run({ group: { type: "wecom", urlFile: "open" } });
  expect(open.code).toBe(1);
  expect(open.out).toContain("E184");
  expect((await run({ group: { type: "wecom" } })).out).toContain("E180");
});
