import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createAnnounce } from "../../agent/announce/announce.ts";
import type { Target } from "../../agent/announce/announcement.ts";
import { createDeliver } from "../../agent/announce/deliver.ts";
import { post } from "../../agent/announce/httpPost.ts";
import { runCommand } from "../../agent/announce/runCommand.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { createAuthority } from "../fakes/certificates.ts";
import { alarm, at, commandTarget, facts, listening, postTarget, receiver, site } from "./parts.ts";

const dir = mkdtempSync(join(tmpdir(), "announce-"));
afterAll(() => rmSync(dir, { recursive: true }));
const clock = createRealClock();
const deliver = createDeliver({ site, clock, post, runCommand });
const never = new AbortController().signal;
const test = { kind: "test", at } as const;

async function to(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  target: Partial<Target> = {},
) {
  await using server = await receiver(answer);
  return await deliver({ ...postTarget({ url: server.url }), ...target } as Target, test, never);
}

describe("a receiver", () => {
  it("that says yes has been told", async () => {
    expect(await to((_, response) => response.end("{}"))).toEqual({ kind: "done" });
  });
  it("that fails is tried again", async () => {
    const outcome = await to((_, response) => response.writeHead(500).end());
    expect(outcome).toMatchObject({ kind: "failed", isRefused: false, why: "HTTP 500" });
  });
  it("that wants fewer messages is given its time", async () => {
    const outcome = await to((_, response) =>
      response.writeHead(429, { "retry-after": "7" }).end(),
    );
    expect(outcome).toMatchObject({ kind: "limited", waitMs: 7_000 });
  });
  it("that points elsewhere is not followed", async () => {
    let asked = 0;
    const outcome = await to((request, response) => {
      asked += 1;
      response.writeHead(307, { location: request.url }).end();
    });
    expect(outcome).toMatchObject({ kind: "failed", isRefused: true });
    expect(asked).toBe(1);
  });
  it("that drips its answer is left at the deadline", async () => {
    const outcome = await to((_, response) => {
      const drip = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect(outcome).toMatchObject({ kind: "failed", why: "no answer in time" });
  });
  it("that answers without end is cut off", async () => {
    let sent = 0;
    const outcome = await to(
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
        };
        response.on("drain", more);
        more();
      },
      { timeoutMs: 20_000 },
    );
    expect(outcome).toEqual({ kind: "done" });
    expect(sent).toBeLessThan(64 * 1024 ** 2);
  });
  it("that hangs up is a failure, told without the address's secret", async () => {
    const outcome = await to((request) => request.socket.destroy());
    expect(outcome.kind).toBe("failed");
    expect(JSON.stringify(outcome)).not.toContain("PLANTED");
  });
  it("whose certificate nobody vouches for is refused, and taken with its authority", async () => {
    const authority = createAuthority(dir);
    const { cert, key } = authority.issue("robot");
    await using server = await listening(
      createServer({ cert, key }, (_, r) => r.end()),
      "https",
    );
    const ca = readFileSync(authority.caFile, "utf8");
    const target = postTarget({ url: server.url });
    expect(await deliver(target, test, never)).toMatchObject({ kind: "failed" });
    expect(await deliver({ ...target, ca }, test, never)).toEqual({ kind: "done" });
  });
});

describe("a robot", () => {
  it.each([
    ["dingtalk", { errcode: 130101, errmsg: "send too fast" }, "limited"],
    ["wecom", { errcode: 45009, errmsg: "api freq out of limit" }, "limited"],
    ["feishu", { code: 9499, msg: "too many request" }, "limited"],
    ["feishu", { code: 11232, msg: "limited" }, "limited"],
    ["feishu", { code: 9499, msg: "Bad Request" }, "failed"],
    ["dingtalk", { errcode: 310000, errmsg: "sign not match" }, "failed"],
    ["dingtalk", { errcode: 0, errmsg: "ok" }, "done"],
    ["feishu", { code: 0, msg: "success" }, "done"],
  ] as const)("%s that says %j: %s", async (kind, said, outcome) => {
    expect(await to((_, r) => r.end(JSON.stringify(said)), { kind })).toMatchObject({
      kind: outcome,
    });
  });
  it("that repeats its secrets does not get them into words", async () => {
    const outcome = await to(
      (request, r) =>
        r.end(JSON.stringify({ errcode: 1, errmsg: `no ${request.url} SIGNING-SECRET` })),
      { kind: "dingtalk", secret: "SIGNING-SECRET" },
    );
    expect(outcome.kind).toBe("failed");
    expect(JSON.stringify(outcome)).not.toMatch(/PLANTED|SIGNING/);
  });
});

describe("the siren's program", () => {
  const script = join(dir, "siren.sh");
  it("gets the alarm in its environment and nothing of ours", async () => {
    const file = join(dir, "out");
    writeFileSync(script, `#!/bin/sh\nenv > "$1"\n`, { mode: 0o755 });
    const message = {
      kind: "alarms",
      listed: [
        {
          event: alarm({ source: "$(reboot)" }),
          name: null,
          tankName: null,
          advice: null,
          decimals: 0,
        },
      ],
      more: { 1: 0, 2: 0, 3: 0, 4: 0 },
    } as const;
    expect(await deliver(commandTarget([script, file]), message, never)).toEqual({ kind: "done" });
    const text = readFileSync(file, "utf8");
    expect(text).toContain("HAZGATE_SOURCE=$(reboot)\n");
    expect(text).toContain("HAZGATE_PRIORITY=1\n");
    expect(text).not.toContain("HOME=");
  });
  it("is killed with its children at the deadline", async () => {
    writeFileSync(script, "#!/bin/sh\nsleep 60\n", { mode: 0o755 });
    const outcome = await deliver(commandTarget([script], 300), test, never);
    expect(outcome).toMatchObject({ kind: "failed", why: "it did not end in time and was killed" });
  });
  it("that is missing is a failure in words", async () => {
    const outcome = await deliver(commandTarget(["/no/such/siren"]), test, never);
    expect(outcome).toMatchObject({ kind: "failed" });
  });
});

it("a target that never answers delays no other, and the log holds no secret", async () => {
  const got: string[] = [];
  const lines: string[] = [];
  await using dead = await receiver(() => {});
  await using well = await receiver((request, response) => {
    request.on("data", (piece: Buffer) => got.push(piece.toString()));
    response.end();
  });
  const log = (what: string, detail?: object): void =>
    void lines.push(what + JSON.stringify(detail));
  const announce = createAnnounce({
    targets: [postTarget({ id: "dead", url: dead.url }), postTarget({ id: "well", url: well.url })],
    ...{ site, facts, clock, random: Math.random, post, runCommand, log: { info: log, warn: log } },
  });
  const stop = new AbortController();
  const run = announce.run(stop.signal);
  announce.take(alarm());
  announce.self({ source: "box/storing", isStanding: true, zh: "存储已停滞", en: "storing", at });
  announce.take(alarm({ type: "SELF", source: "box/storing" }));
  await expect.poll(() => got.length).toBe(2);
  await expect.poll(() => announce.stats()[0]?.failures, { timeout: 60_000 }).toBeGreaterThan(1);
  expect(announce.stats()[1]).toMatchObject({ taken: 1, told: 1, selfTold: 1, waiting: 0 });
  stop.abort();
  await run;
  expect(lines.join()).toContain("cannot announce");
  expect(lines.join()).not.toContain("PLANTED");
});
