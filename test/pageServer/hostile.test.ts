import { request } from "node:http";
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHostCheck, nameOf } from "../../agent/page/server/hosts.ts";
import { listenOf } from "../../config/shape/page.ts";
import { type Bench, bench, type Client, codeOf, until } from "./harness.ts";

let world: Bench;
let officer: Client;
beforeAll(async () => {
  world = await bench({ settings: { names: ["hazgate.plant.local"] } });
  officer = await world.client("officer");
});
afterAll(() => world[Symbol.asyncDispose]());

/** A path and a host as they are, which fetch would mend. */
function raw(path: string, headers: Record<string, string> = {}, method = "GET") {
  const { hostname, port } = new URL(world.server.address);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path, headers, method }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

test.each([
  ["evil.example", 421],
  ["evil.example:8080", 421],
  ["127.0.0.1.evil.example", 421],
  ["x@127.0.0.1", 421],
  ["hazgate.plant.local", 200],
  ["HAZGATE.plant.local:443", 200],
  ["localhost:1", 200],
  ["[::1]:80", 200],
])("host %s: %i", async (host, status) => {
  expect((await raw("/api/me", { host })).status).toBe(status);
});

test("addresses to listen on, and names out of a host header", () => {
  expect(listenOf("0.0.0.0:8080")).toEqual({ host: "0.0.0.0", port: 8080 });
  expect(listenOf("[::]:80")).toEqual({ host: "::", port: 80 });
  expect([listenOf("8080"), listenOf("a:70000"), listenOf(":1"), listenOf("a b:1")]).toEqual([
    ...[null, null, null, null],
  ]);
  expect(nameOf("[::1]:8080")).toBe("::1");
  const isOwn = createHostCheck({ host: "10.0.0.9", port: 80 }, []);
  expect([isOwn("10.0.0.9"), isOwn("10.0.0.8"), isOwn(undefined)]).toEqual([true, false, false]);
});

test.each([
  "/../../../etc/passwd",
  "/..%2f..%2f..%2fetc/passwd",
  "/%2e%2e/%2e%2e/package.json",
  "/assets/..%5c..%5c..%5cpackage.json",
  "/assets/%00",
  "//etc/passwd",
  "/%",
  "/.git/config",
  "/../page/server/page.ts",
])("path %s leads nowhere", async (path) => {
  const { status, text } = await raw(path);
  expect([400, 403, 404]).toContain(status);
  expect(text).not.toMatch(/root:|"dependencies"|startPage/);
});

describe("bodies", () => {
  const login = (body: string, headers: Record<string, string> = {}) =>
    fetch(new URL("/api/login", world.server.address), {
      method: "POST",
      headers: {
        origin: new URL(world.server.address).origin,
        "content-type": "application/json",
        ...headers,
      },
      body,
    });

  test("bad JSON, a wrong type, too much: refused in both languages", async () => {
    expect(await codeOf(await login("{"))).toBe("bad-request");
    expect(await codeOf(await login('{"__proto__":{"role":"admin"}}'))).toBe("bad-request");
    expect(await codeOf(await login("name=a", { "content-type": "text/html" }))).toBe("wrong-type");
    expect(await codeOf(await login(`{"name":"${"x".repeat(70_000)}"}`))).toBe("too-large");
    expect(await codeOf(await login(`{"name":"a","password":"${"x".repeat(2_000)}"}`))).toBe(
      "bad-request",
    );
    expect(await codeOf(await officer.get("/api/nothing"))).toBe("not-found");
    expect(await codeOf(await officer.send("PUT", "/api/users", {}))).toBe("not-found");
    expect(await codeOf(await officer.get("/api/live"))).toBe("not-found");
  });

  test("anything at all as an act or a query is answered, and does nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string({ maxLength: 40 }), async (body, text) => {
        const act = await officer.send("POST", "/api/alarms/act", body);
        expect(act.status).toBe(400);
        const query = await officer.get(
          `/api/trend?points=${encodeURIComponent(text)}&from=${encodeURIComponent(text)}`,
        );
        expect([200, 400, 404]).toContain(query.status);
      }),
      { numRuns: 60 },
    );
    expect(world.sources.acts).toEqual([]);
    expect(world.warnings).toEqual([]);
  });
});

test("a journal that does not answer is said, and the page lives on", async () => {
  world.sources.isJournalDown = true;
  for (const path of ["/api/system", "/api/alarms/history", "/api/trend?points=LT-101"]) {
    const answer = await officer.get(path);
    expect([answer.status, await codeOf(answer)]).toEqual([503, "trouble"]);
  }
  world.sources.isJournalDown = false;
  expect((await officer.get("/api/system")).status).toBe(200);
});

test("the history as a file: every line, quoted, and no formula", async () => {
  const csv = await (await officer.get("/api/alarms/history.csv?lang=zh")).text();
  const { lines } = (await (await officer.get("/api/alarms/history?limit=1000")).json()) as {
    lines: unknown[];
  };
  expect(csv.trim().split("\r\n")).toHaveLength(lines.length + 1);
  expect(csv).toContain("时间,级别,");
  expect(csv).not.toMatch(/(^|,)[=+@]/m);
});

test("headers keep strangers' code out, and nothing of the API is kept by anybody", async () => {
  const answer = await officer.get("/api/system");
  const csp = answer.headers.get("content-security-policy") ?? "";
  expect(csp).toContain("default-src 'self'");
  expect(csp).toContain("frame-ancestors 'none'");
  expect(csp).not.toMatch(/unsafe|https?:|\*/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("strict-transport-security")).toBeNull();
});

test("slow and idle connections from many addresses neither stay nor keep others out", async () => {
  const { hostname, port } = new URL(world.server.address);
  const sockets: Socket[] = [];
  let open = 0;
  for (let i = 0; i < 1_000; i += 1) {
    const socket = connect({
      port: Number(port),
      host: hostname,
      localAddress: `127.0.1.${1 + (i % 10)}`,
    });
    socket.on("connect", () => {
      open += 1;
      // A third says nothing, a third begins, a third begins a body and never ends it.
      if (i % 3 === 1) socket.write("GET /api/me HTTP/1.1\r\nhost: local");
      if (i % 3 === 2) {
        socket.write(
          "POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n{",
        );
      }
    });
    socket.on("close", () => {
      open -= 1;
    });
    socket.on("error", () => {});
    // What is not read keeps a socket from telling that it was closed.
    socket.resume();
    sockets.push(socket);
  }
  await until(() => open === 1_000);
  expect((await officer.get("/api/system")).status).toBe(200);
  await expect(world.client("viewer")).resolves.toMatchObject({ me: { role: "viewer" } });
  // One address alone gets no more than its share.
  const greedy = Array.from({ length: 200 }, () =>
    connect({ port: Number(port), host: hostname, localAddress: "127.0.2.1" }),
  );
  let refused = 0;
  for (const socket of greedy) {
    socket.on("error", () => {});
    socket.resume();
    socket.on("close", () => {
      refused += 1;
    });
  }
  await until(() => refused >= 80);
  expect(refused).toBe(80);
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return open === 0;
  });
  for (const socket of [...sockets, ...greedy]) socket.destroy();
});
