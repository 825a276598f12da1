import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, bench } from "./harness.ts";

let world: Bench;
beforeAll(async () => {
  world = await bench();
});
afterAll(() => world[Symbol.asyncDispose]());

/** As bytes: `fetch` would unpack them. */
function get(path: string, encoding: string) {
  const answer = Promise.withResolvers<{ headers: Record<string, unknown>; body: Buffer }>();
  request(new URL(path, world.server.address), { headers: { "accept-encoding": encoding } })
    .on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        answer.resolve({ headers: response.headers, body: Buffer.concat(pieces) }),
      );
    })
    .on("error", answer.reject)
    .end();
  return answer.promise;
}

test("the page's files go out compressed to who takes that, plain to others, and are kept for good by their names", async () => {
  const plainPage = await get("/", "identity");
  const name = /assets\/index-[\w-]+\.js/.exec(plainPage.body.toString())?.[0] ?? "";
  const plain = await get(`/${name}`, "identity");
  const packed = await get(`/${name}`, "gzip, deflate, br");
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  expect(packed.body.length).toBeLessThan(plain.body.length / 2);
  for (const { headers } of [plain, packed]) {
    expect(headers["content-type"]).toMatch(/^(text|application)\/javascript/);
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(String(headers["vary"]).toLowerCase()).toContain("accept-encoding");
  }
  expect((await get("/", "gzip")).headers["cache-control"]).toBe("no-cache");
});
