import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Blindness, buildShim } from "./buildShim.ts";
import { isSame } from "./cuts.ts";
import { DiskControl, diskEnvironment } from "./diskControl.ts";
import { type DiskEvent, readDiskLog } from "./diskLog.ts";
import { type DiskImage, DiskModel, readImage } from "./diskModel.ts";
import { testPlace } from "./testPlace.ts";

const program = fileURLToPath(new URL("./shimProgram.ts", import.meta.url));

interface Seen {
  readonly events: readonly DiskEvent[];
  readonly model: DiskModel;
  readonly real: DiskImage;
}

/** Lets the program change a folder, and rebuilds the folder from the log. */
function seenBy(blindness: readonly Blindness[] = []): Seen {
  const { work } = testPlace();
  const folder = join(work, "disk");
  mkdirSync(folder);
  const library = buildShim(work, blindness);
  const [log, claims] = [join(work, "log"), join(work, "claims")];
  using control = new DiskControl(join(work, "control"));
  const model = new DiskModel(folder);
  const env = {
    ...process.env,
    ...diskEnvironment({ library, folder, control, log, claims }),
  };
  execFileSync(process.execPath, [program, folder, claims], { env });
  const events = readDiskLog(log);
  return { events, model, real: readImage(folder) };
}

function rebuilds({ events, model, real }: Seen): boolean {
  try {
    for (const event of events) model.apply(event);
  } catch {
    return false;
  }
  return isSame(model.image({ rule: "ordered", keep: "all" }), real);
}

/** The program's only promise: one file, synced with its folder. */
function keepsItsPromise({ model, events }: Seen): boolean {
  const claimed = events.findIndex(({ kind }) => kind === "claim");
  for (const event of events.slice(0, claimed)) model.apply(event);
  return (["ordered", "strict"] as const).every((rule) => {
    const image = model.image({ rule, keep: "synced" });
    return image.get("synced")?.toString() === "FIRST second third ";
  });
}

test("every change is seen: with all of them kept, the log rebuilds the folder byte for byte", () => {
  const seen = seenBy();
  expect(seen.events.filter(({ kind }) => kind === "claim")).toMatchObject([{ text: "synced\n" }]);
  expect(rebuilds(seen)).toBe(true);
  expect(seen.model.image({ rule: "ordered", keep: "all" }).get("thread")?.toString()).toBe(
    "by a thread",
  );
});

test("what was synced is kept and nothing else", () => {
  const seen = seenBy();
  expect(keepsItsPromise(seen)).toBe(true);
  for (const event of seen.events) {
    if (event.kind !== "syncFile" && event.kind !== "syncFolder") seen.model.apply(event);
  }
  const image = seen.model.image({ rule: "strict", keep: "synced" });
  expect([...image.keys()]).toEqual(["synced"]);
});

test("a copy of the library that is blind to vectored writes is found out", () => {
  expect(rebuilds(seenBy(["BLIND_TO_WRITEV"]))).toBe(false);
  expect(keepsItsPromise(seenBy(["BLIND_TO_WRITEV"]))).toBe(false);
});

test("a copy of the library that does not see a sync is found out", () => {
  expect(keepsItsPromise(seenBy(["BLIND_TO_SYNC"]))).toBe(false);
});

test("a cut at each call ends the process there, before that call is done", () => {
  const { work, library } = testPlace();
  const [log, claims] = [join(work, "log"), join(work, "claims")];
  for (const cutAt of [1, 2, 7, 15]) {
    const folder = join(work, `disk${cutAt}`);
    mkdirSync(folder);
    using control = new DiskControl(join(work, "control"));
    control.set({ cutAt });
    const env = {
      ...process.env,
      ...diskEnvironment({ library, folder, control, log: `${log}${cutAt}`, claims }),
    };
    expect(spawnSync(process.execPath, [program, folder, claims], { env }).status).toBe(137);
    expect(control.get("cuts")).toBe(1);
    expect(control.get("calls")).toBe(cutAt);
    const changes = readDiskLog(`${log}${cutAt}`).filter(({ kind }) => kind !== "claim");
    expect(changes.at(-1)?.kind).toBe("cut");
    // The call under way may be there too: it may have reached the disk.
    expect([cutAt, cutAt + 1]).toContain(changes.length);
  }
});

test("the N-th calls of a class fail as told, and no others", () => {
  const { work, library } = testPlace();
  const script = `
    const fs = require("node:fs");
    const answers = [];
    const attempt = (name, work) => {
      try { answers.push(name + " " + (work() ?? "ok")); }
      catch (error) { answers.push(name + " " + error.code); }
    };
    const file = fs.openSync(process.argv[1] + "/file", "w+");
    for (let i = 0; i < 3; i += 1) {
      attempt("write", () => fs.writeSync(file, "1234"));
      attempt("sync", () => fs.fsyncSync(file));
      attempt("read", () => fs.readSync(file, Buffer.alloc(4), 0, 4, 0));
    }
    process.stdout.write(answers.join(", "));
  `;
  using control = new DiskControl(join(work, "control"));
  const answers = (fault: Parameters<DiskControl["fail"]>[0]): string => {
    const folder = join(work, `disk-${fault.fails}-${fault.as}`);
    mkdirSync(folder);
    control.fail(fault);
    const env = { ...process.env, ...diskEnvironment({ library, folder, control }) };
    return execFileSync(process.execPath, ["-e", script, folder], { env, encoding: "utf8" });
  };
  // The first change is the creation of the file.
  expect(answers({ fails: "write", as: "ENOSPC", from: 2, run: 2 })).toBe(
    "write ENOSPC, sync ok, read 0, write ENOSPC, sync ok, read 0, write 4, sync ok, read 4",
  );
  expect(control.get("faulted")).toBe(2);
  expect(answers({ fails: "sync", as: "EIO", from: 2, run: 1 })).toBe(
    "write 4, sync ok, read 4, write 4, sync EIO, read 4, write 4, sync ok, read 4",
  );
  expect(answers({ fails: "read", as: "EIO", from: 3, run: 9 })).toBe(
    "write 4, sync ok, read 4, write 4, sync ok, read 4, write 4, sync ok, read EIO",
  );
  // Node writes the other half by a second call.
  expect(answers({ fails: "write", as: "SHORT", from: 3, run: 1 })).toBe(
    "write 4, sync ok, read 4, write 4, sync ok, read 4, write 4, sync ok, read 4",
  );
  expect(control.get("faulted")).toBe(1);
  expect(control.get("matched")).toBe(5);
});
