import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../agent/page/protocol/access.ts";
import { routeTable } from "../../agent/page/server/routeTable.ts";
import { type Bench, bench, type Client, codeOf } from "./harness.ts";

/** Who may, written down a second time: a changed line in the product must be changed here too. */
const expected: Readonly<Record<string, Role | "anyone">> = {
  "GET /api/me": "anyone",
  "POST /api/login": "anyone",
  "POST /api/setup": "anyone",
  "POST /api/logout": "viewer",
  "POST /api/me/password": "viewer",
  "POST /api/alarms/act": "officer",
  "POST /api/handover": "officer",
  "GET /api/transfers": "viewer",
  "POST /api/transfers": "officer",
  "DELETE /api/transfers/:tank": "officer",
  "GET /api/scenarios": "viewer",
  "POST /api/scenarios": "officer",
  "GET /api/alarms/history": "viewer",
  "GET /api/alarms/history.csv": "viewer",
  "GET /api/trend": "viewer",
  "GET /api/report/shift": "viewer",
  "GET /api/report/shift.pdf": "viewer",
  "GET /api/system": "viewer",
  "GET /api/inspection": "viewer",
  "GET /api/audit": "officer",
  "GET /api/audit.jsonl": "admin",
  "GET /api/cameras": "viewer",
  "GET /api/cameras/:id/picture": "viewer",
  "POST /api/cameras/:id/view": "officer",
  "GET /api/evidence": "viewer",
  "GET /api/evidence/:id/:name": "viewer",
  "GET /api/users": "admin",
  "POST /api/users": "admin",
  "POST /api/users/:name": "admin",
  "DELETE /api/users/:name": "admin",
};
const rank = { anonymous: 0, viewer: 1, officer: 2, admin: 3 } as const;
type Who = keyof typeof rank;
const needs = { anyone: 0, viewer: 1, officer: 2, admin: 3 } as const;

let world: Bench;
const clients = new Map<Who, Client>();
beforeAll(async () => {
  world = await bench();
  clients.set("anonymous", await world.client());
  for (const role of ["viewer", "officer", "admin"] as const) {
    clients.set(role, await world.client(role));
  }
});
afterAll(() => world[Symbol.asyncDispose]());

test("every route of the server is in this table, and no other", () => {
  const served = routeTable.map(({ method, path }) => `${method} ${path}`);
  expect(served.sort()).toEqual(Object.keys(expected).sort());
});

// Logging out would end the session that the rest needs.
const cases = Object.entries(expected)
  .filter(([route]) => route !== "POST /api/logout")
  .flatMap(([route, least]) =>
    (Object.keys(rank) as Who[]).map((who) => [route, who, rank[who] >= needs[least]] as const),
  );

test.each(cases)("%s by %s: %s", async (route, who, isAllowed) => {
  const [method = "", path = ""] = route.split(" ");
  const address = path.replace(":name", "nobody").replace(":tank", "V-999");
  const client = clients.get(who)!;
  const answer =
    method === "GET" ? await client.get(address) : await client.send(method, address, {});
  if (isAllowed) {
    // The empty request itself may be refused, but not for who asks.
    expect([200, 400, 404]).toContain(answer.status);
    await answer.body?.cancel();
  } else {
    expect(answer.status).toBe(who === "anonymous" ? 401 : 403);
    expect(await codeOf(answer)).toBe(who === "anonymous" ? "login-needed" : "forbidden");
  }
});

describe("a request that changes something", () => {
  const act = { do: "ack", alarms: [{ source: "GT-101", type: "GAS2" }], reason: "", note: "" };

  test("needs the token of the session", async () => {
    const officer = clients.get("officer")!;
    for (const token of ["", "x", officer.me!.csrf.slice(1)]) {
      const answer = await officer.send("POST", "/api/alarms/act", act, {
        "x-hazgate-csrf": token,
      });
      expect([answer.status, await codeOf(answer)]).toEqual([403, "csrf-missing"]);
    }
    expect(world.sources.acts).toEqual([]);
  });

  test("must come from the box's own page", async () => {
    const officer = clients.get("officer")!;
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", "file://"]) {
      const answer = await officer.send("POST", "/api/alarms/act", act, { origin });
      expect([answer.status, await codeOf(answer)]).toEqual([403, "wrong-origin"]);
    }
    const { origin: _own, ...bare } = { origin: "", ...officer.headers };
    const answer = await fetch(new URL("/api/logout", world.server.address), {
      ...{ method: "POST", headers: bare },
    });
    expect(await codeOf(answer)).toBe("wrong-origin");
    expect(world.sources.acts).toEqual([]);
  });
});

test("an open view shows everything to everybody, and lets nobody act", async () => {
  await using open = await bench({ settings: { openView: true } });
  const nobody = await open.client();
  expect((await nobody.get("/api/system")).status).toBe(200);
  expect((await nobody.get("/api/audit")).status).toBe(401);
  for (const [method, path] of [
    ["POST", "/api/alarms/act"],
    ["POST", "/api/logout"],
    ["DELETE", "/api/users/admin"],
  ] as const) {
    expect(await codeOf(await nobody.send(method, path, {}))).toBe("login-needed");
  }
});
