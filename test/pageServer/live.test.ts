import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import type { FromBox, ReadingsView } from "../../agent/page/protocol/live.ts";
import { createLiveRing } from "../../agent/page/server/liveRing.ts";
import { createReadingsCollector } from "../../agent/page/server/readingsCollector.ts";
import { type Bench, bench, type Client, clock, until } from "./harness.ts";

interface Live {
  readonly socket: WebSocket;
  readonly got: FromBox[];
  readonly closed: { code: number | null };
}
const opened: WebSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function live(world: Bench, client: Client, more: { query?: string; origin?: string } = {}): Live {
  const url = new URL(`/api/live${more.query ?? ""}`, world.server.address);
  const origin = more.origin ?? url.origin;
  url.protocol = "ws:";
  const socket = new WebSocket(url, { headers: { ...client.headers, origin } });
  const got: FromBox[] = [];
  const closed: { code: number | null } = { code: null };
  socket.onmessage = ({ data }) => void got.push(JSON.parse(String(data)) as FromBox);
  socket.onclose = ({ code }) => {
    closed.code = code;
  };
  socket.onerror = () => {};
  opened.push(socket);
  return { socket, got, closed };
}

function alarmNow(world: Bench): AlarmView {
  return world.sources.alarms.now()[0]!;
}

test("hello, then the heartbeat, readings and alarms, numbered without a hole", async () => {
  await using world = await bench();
  const viewer = await world.client("viewer");
  const { got } = live(world, viewer);
  await until(() => got.length > 0);
  expect(got[0]).toMatchObject({ kind: "hello", site: { id: "demo" }, box: { clients: 1 } });
  world.sources.beat(clock.now());
  world.sources.tell({ alarms: [alarmNow(world)] });
  await until(() => new Set(got.map(({ kind }) => kind)).size === 4);
  const seqs = got.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, i) => seqs[0]! + i));
});

test("alarms go out with the call that announces them, whatever else waits", async () => {
  await using world = await bench();
  const { got } = live(world, await world.client("viewer"));
  await until(() => got.length > 0);
  const changed = { ...alarmNow(world), value: 99 };
  world.sources.tell({ alarms: [changed] });
  await until(() => got.some(({ kind }) => kind === "alarms"));
  expect(got.find(({ kind }) => kind === "alarms")).toMatchObject({ alarms: [{ value: 99 }] });
});

test("a client that comes back gets what it missed, or a new hello", async () => {
  await using world = await bench();
  const viewer = await world.client("viewer");
  const first = live(world, viewer);
  await until(() => first.got.length > 1);
  const hello = first.got[0]!;
  const life = hello.kind === "hello" ? hello.life : "";
  first.socket.close();
  const last = first.got.at(-1)!.seq;
  for (let i = 0; i < 3; i += 1) world.sources.tell({ alarms: [alarmNow(world)] });
  const again = live(world, viewer, { query: `?life=${life}&after=${last}` });
  await until(() => again.got.length >= 3);
  expect(again.got[0]).toMatchObject({ seq: last + 1 });
  expect(again.got.filter(({ kind }) => kind === "alarms")).toHaveLength(3);
  expect(again.got.some(({ kind }) => kind === "hello")).toBe(false);
  for (const query of ["?life=other&after=1", `?life=${life}&after=99999`, "?life=&after=x"]) {
    const other = live(world, viewer, { query });
    await until(() => other.got.length > 0);
    expect(other.got[0]!.kind).toBe("hello");
  }
});

test("without login, from a strange page, or beyond the most clients: no upgrade", async () => {
  await using world = await bench({ settings: { maxClients: 1 } });
  const viewer = await world.client("viewer");
  const strangers = [
    live(world, await world.client()),
    live(world, viewer, { origin: "http://evil.example" }),
  ];
  await until(() => strangers.every(({ closed }) => closed.code !== null));
  const one = live(world, viewer);
  await until(() => one.got.length > 0);
  const two = live(world, viewer);
  await until(() => two.closed.code !== null);
  expect([...strangers, two].flatMap(({ got }) => got)).toEqual([]);
  expect(one.closed.code).toBeNull();
});

test("a logout closes its live channels, a strange word closes its own", async () => {
  await using world = await bench();
  const viewer = await world.client("viewer");
  const mine = live(world, viewer);
  const other = live(world, await world.client("officer"));
  const rude = live(world, await world.client("officer"));
  await until(() => [mine, other, rude].every(({ got }) => got.length > 0));
  other.socket.send(JSON.stringify({ kind: "alive", isSoundOn: true }));
  rude.socket.send("hello?");
  await viewer.send("POST", "/api/logout");
  await until(() => mine.closed.code !== null && rude.closed.code !== null);
  expect([mine.closed.code, rude.closed.code, other.closed.code]).toEqual([4401, 4400, null]);
  const heard = ({ got }: Live) =>
    got.some((one) => one.kind === "box" && one.box.clientsWithSound === 1);
  await until(() => heard(other));
});

test("a client that takes nothing is dropped; the others miss nothing", async () => {
  await using world = await bench({ tanks: 200 });
  const viewer = await world.client("viewer");
  const good = live(world, viewer);
  const { hostname, port, host } = new URL(world.server.address);
  const stuck = connect(Number(port), hostname);
  stuck.write(
    `GET /api/live HTTP/1.1\r\nhost: ${host}\r\norigin: http://${host}\r\ncookie: ${viewer.headers["cookie"]}\r\n` +
      "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  stuck.on("error", () => {});
  stuck.pause();
  await until(() => world.server.clients === 2);
  const many = Array.from({ length: 400 }, () => alarmNow(world));
  let told = 0;
  await until(() => {
    world.sources.tell({ alarms: many });
    told += 1;
    return world.server.clients === 1;
  });
  await until(() => good.got.filter(({ kind }) => kind === "alarms").length === told);
  stuck.destroy();
});

test("the ring gives what came after a number, or says that it cannot", () => {
  const ring = createLiveRing();
  expect(ring.after(0)).toEqual([]);
  for (let seq = 1; seq <= 300; seq += 1) ring.push(seq, Buffer.from(String(seq)));
  expect(ring.after(298)?.map(String)).toEqual(["299", "300"]);
  expect(ring.after(300)).toEqual([]);
  expect(ring.after(180)).toHaveLength(120);
  expect([ring.after(179), ring.after(301), ring.after(0)]).toEqual([null, null, null]);
  ring.push(301, Buffer.alloc(5 * 1024 * 1024));
  expect(ring.after(300)).toHaveLength(1);
  expect(ring.after(299)).toBeNull();
});

test("routine readings wait for the full second; a new quality and a watched point do not", () => {
  const collector = createReadingsCollector(3, [1, null, 0]);
  const take = (values: number[], codes = [0, 0, 0]) =>
    collector.take({
      takenAt: clock.now(),
      points: Uint32Array.of(0, 1, 2),
      values: Float64Array.from(values),
      qualities: Uint8Array.from(codes),
    });
  const points = (view: ReadingsView | null) => view?.points ?? null;
  take([1, 2, 3]);
  expect(points(collector.collect(true))).toEqual([0, 1, 2]);
  take([1.26, 2.123456789, 3.6]);
  expect(collector.collect(true)).toBeNull();
  expect(collector.collect(false)).toMatchObject({ values: [1.3, 2.12346, 4] });
  expect(collector.collect(false)).toBeNull();
  collector.watch(new Set([2]));
  take([1, Number.NaN, 3], [0, 6, 0]);
  expect(collector.collect(true)).toMatchObject({
    points: [1, 2],
    values: [null, 3],
    qualities: [6, 0],
  });
  expect(points(collector.collect(false))).toEqual([0]);
});
