/** What an inspector gets: a list, a verdict, a copy. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportEvidence, listEvidence, verifyCommand } from "../../agent/commands/evidence.ts";
import { begin, plant, raise, scratch, until } from "./rig.ts";

test("list, verify and export tell of what is there; a changed file ends verify with 1, no folder with 5", async () => {
  const dataDir = scratch();
  const at = { ...plant(), folder: join(dataDir, "evidence") };
  const life = await begin(at);
  life.desk.alarms([raise(at.clock, "T-102")]);
  await until(
    () => life.closed.length === 1,
    () => life.pass(5_000),
  );
  await life.stop();
  const [bundle] = life.closed;
  const id = bundle?.id ?? "";
  const given = { dataDir, json: false, lang: "en" } as const;

  const listed = await listEvidence(given);
  expect(listed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(listed.stdout).toContain(`${id}  whole  LT-101 HH  cam-2  5`);
  const json = JSON.parse((await listEvidence({ ...given, json: true })).stdout);
  expect(json).toMatchObject([{ id, state: "whole", files: 5, missing: 0 }]);

  expect(await verifyCommand(given)).toMatchObject({ exitCode: 0 });
  expect((await verifyCommand({ ...given, lang: "zh" })).stdout).toContain("链条完整");
  const out = join(dataDir, "usb");
  expect(await exportEvidence({ ...given, id, out })).toMatchObject({ exitCode: 0 });
  const clip = "cam-2.clip.mp4";
  expect(readFileSync(join(out, id, clip))).toEqual(readFileSync(join(bundle?.path ?? "", clip)));
  expect(existsSync(join(out, id, "manifest.json"))).toBe(true);
  expect(await exportEvidence({ ...given, id: "none", out })).toMatchObject({ exitCode: 1 });
  // Nothing is written over.
  expect(await exportEvidence({ ...given, id, out })).toMatchObject({ exitCode: 1 });

  writeFileSync(join(bundle?.path ?? "", clip), "another");
  const changed = await verifyCommand(given);
  expect(changed.exitCode).toBe(1);
  expect(changed.stdout).toContain(`${clip} was changed`);
  expect(await verifyCommand({ ...given, dataDir: scratch() })).toMatchObject({ exitCode: 5 });
});
