import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type CameraView,
  type EvidenceView,
  pictureTimeHeader,
} from "../../agent/page/protocol/cameras.ts";
import { type Bench, bench, type Client, codeOf } from "./harness.ts";

let world: Bench;
let viewer: Client;
let folder = "";
beforeAll(async () => {
  world = await bench();
  viewer = await world.client("viewer");
  folder = await mkdtemp(join(tmpdir(), "hazgate-evidence-"));
  await world.sources.cameras.gather("A1", folder);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("a viewer sees how each camera is, and its newest picture with the time it was taken, as wide as asked", async () => {
  const all = (await (await viewer.get("/api/cameras")).json()) as readonly CameraView[];
  expect(all.map(({ id, status }) => `${id} ${status}`)).toContain("CAM-04 OFF");
  const answer = await viewer.get("/api/cameras/CAM-02/picture?width=320");
  expect(answer.headers.get("content-type")).toBe("image/jpeg");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-disposition")).toBeNull();
  expect(Math.abs(Number(answer.headers.get(pictureTimeHeader)) - Date.now())).toBeLessThan(60_000);
  const { width } = await sharp(await answer.arrayBuffer()).metadata();
  expect(width).toBe(320);
});

test("what is no camera, no width or no file is refused in words", async () => {
  expect((await viewer.get("/api/cameras/CAM-99/picture")).status).toBe(404);
  expect(await codeOf(await viewer.get("/api/cameras/CAM-01/picture?width=99999"))).toBe(
    "bad-request",
  );
  expect(await codeOf(await viewer.get("/api/evidence"))).toBe("bad-request");
  for (const path of [
    "/api/evidence/bundle-A1/..%2F..%2Fusers.json",
    "/api/evidence/bundle-A1/no.jpg",
    "/api/evidence/..%2F..%2Fetc/passwd",
  ]) {
    expect((await viewer.get(path)).status, path).toBe(404);
  }
});

test("the evidence of an alarm: what there is, each file whole or in parts, and what is missing", async () => {
  const [bundle] = (await (
    await viewer.get("/api/evidence?alarm=A1")
  ).json()) as readonly EvidenceView[];
  expect(bundle?.files.map(({ kind }) => kind)).toEqual([
    ...["picture", "picture", "picture", "readings"],
  ]);
  expect(bundle?.missing).toHaveLength(1);
  for (const { name, mediaType, sizeBytes } of bundle?.files ?? []) {
    const path = `/api/evidence/${bundle?.id}/${encodeURIComponent(name)}`;
    const answer = await viewer.get(path);
    expect(answer.headers.get("content-type")).toContain(mediaType);
    expect((await answer.arrayBuffer()).byteLength).toBe(sizeBytes);
    const part = await fetch(new URL(path, world.server.address), {
      headers: { ...viewer.headers, range: "bytes=0-9" },
    });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  }
  expect(await (await viewer.get("/api/evidence?alarm=none")).json()).toEqual([]);
});

test("an officer says with a reason that a view is right: audited first, then done; a viewer may not", async () => {
  const officer = await world.client("officer");
  const path = "/api/cameras/CAM-02/view";
  const answer = await officer.send("POST", path, { reason: "turned to the new pump" });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
  expect(world.sources.cameras.learnt).toEqual(["CAM-02"]);
  const said = await (await officer.get("/api/audit")).text();
  expect(said).toContain("CAM-02; turned to the new pump");
  const refused = await Promise.all([
    officer.send("POST", path, { reason: " " }),
    officer.send("POST", "/api/cameras/CAM-99/view", { reason: "x" }),
    viewer.send("POST", path, { reason: "x" }),
  ]);
  expect(await Promise.all(refused.map(codeOf))).toEqual([
    ...["reason-missing", "not-found", "forbidden"],
  ]);
  expect(world.sources.cameras.learnt).toEqual(["CAM-02"]);
});

test("nobody sees a picture without login", async () => {
  const nobody = await world.client();
  for (const path of ["/api/cameras", "/api/cameras/CAM-01/picture", "/api/evidence?alarm=A1"]) {
    expect((await nobody.get(path)).status, path).toBe(401);
  }
});
