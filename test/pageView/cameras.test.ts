import sharp from "sharp";
import { expect, test } from "vitest";
import { camerasLamp } from "../../agent/page/view/lamps.ts";
import { createStillCache } from "../../agent/page/view/stillCache.ts";
import { fail, ok } from "../../config/words/result.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

async function picture(grey: number): Promise<Uint8Array> {
  const create = {
    width: 1_000,
    height: 500,
    channels: 3,
    background: { r: grey, g: grey, b: grey },
  };
  return await sharp({ create: { ...create, channels: 3 } })
    .jpeg()
    .toBuffer();
}

function rig() {
  const clock = new FakeClock();
  const asked: string[] = [];
  const state: { isDead: boolean; bytes: Uint8Array } = { isDead: false, bytes: new Uint8Array() };
  const cache = createStillCache({
    clock,
    cameras: {
      health: () => [{ id: "CAM-01" }] as never,
      async still(id) {
        asked.push(id);
        if (state.isDead) return fail({ kind: "unreachable", message: "gone" } as const);
        return ok({ takenAt: clock.now(), mediaType: "image/jpeg", bytes: state.bytes } as const);
      },
    },
  });
  return { clock, asked, state, cache };
}

test("many browsers that look at once are one question to the camera, and half a second's rest", async () => {
  const { clock, asked, state, cache } = rig();
  state.bytes = await picture(80);
  const all = await Promise.all([1, 2, 3, 4].map(() => cache.picture("CAM-01", 300)));
  expect(asked).toHaveLength(1);
  expect(new Set(all).size).toBe(1);
  expect((await sharp(all[0]?.bytes ?? new Uint8Array()).metadata()).width).toBe(320);
  await cache.picture("CAM-01", 640);
  expect(asked).toHaveLength(1);
  await clock.advance(600);
  await cache.picture("CAM-01", 640);
  expect(asked).toHaveLength(2);
});

test("a camera that dies leaves its last picture with its old time; one that never lived, none", async () => {
  const { clock, state, cache } = rig();
  state.isDead = true;
  expect(await cache.picture("CAM-01", 300)).toBeNull();
  state.isDead = false;
  state.bytes = await picture(120);
  const taken = await cache.picture("CAM-01", 300);
  state.isDead = true;
  await clock.advance(60_000);
  expect(await cache.picture("CAM-01", 300)).toEqual(taken);
  expect(await cache.picture("CAM-99", 300)).toBeNull();
  expect((await cache.picture("CAM-01", 5_000))?.takenMs).toBe(taken?.takenMs);
});

test("bytes that are no picture are none", async () => {
  const { state, cache } = rig();
  state.bytes = new TextEncoder().encode("<html>");
  expect(await cache.picture("CAM-01", 300)).toBeNull();
});

test("the lamp: grey while all work, yellow with a fault, red when no camera is left", () => {
  const one = (status: "ON" | "OFF", ...faults: "frozen"[]) => ({ status, faults });
  expect(camerasLamp([]).state).toBe("off");
  expect(camerasLamp([one("ON"), one("ON")]).state).toBe("well");
  expect(camerasLamp([one("ON"), one("ON", "frozen")])).toMatchObject({
    ...{ state: "caution", zh: "1 台异常" },
  });
  expect(camerasLamp([one("OFF", "frozen"), one("ON")]).zh).toBe("1 台异常, 其中 1 台离线");
  expect(camerasLamp([one("OFF", "frozen")]).state).toBe("bad");
});
