/** The RTSP client against cameras that do what no proper one does: bounded, told in words, nobody else hurt. */

import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import {
  type Asked,
  answer,
  framed,
  framesOf,
  payloadsOf,
  pps,
  rtp,
  slice,
  sps,
  startScriptedCamera,
  usualAnswer,
  usualSdp,
} from "./scriptedCamera.ts";
import { watchStream } from "./watchStream.ts";

const mark = Buffer.from("mark-of-camera");
const slices = Array.from({ length: 12 }, (_, index) => slice(index, mark, 2_500 + index));

/** Usual answers, then `bytes` right behind the answer to PLAY. */
function playing(...bytes: readonly Buffer[]) {
  return (asked: Asked, socket: Socket): void => {
    socket.write(usualAnswer(asked));
    if (asked.method === "PLAY") for (const one of bytes) socket.write(one);
  };
}

function nalsOf(seen: ReturnType<typeof watchStream>): Buffer[] {
  return seen.pictures.flatMap(({ nals }) => nals.map((nal) => Buffer.from(nal)));
}

describe("a stream of pieces", () => {
  test.each([1, 2, 3, 5, 700, 1_448])(
    "cut into %i bytes a write gives the same pictures",
    async (cut) => {
      const whole = Buffer.concat(framesOf(cut < 700 ? slices.slice(0, 2) : slices));
      await using camera = await startScriptedCamera((asked, socket) => {
        const usual = usualAnswer(asked);
        const bytes = asked.method === "PLAY" ? Buffer.concat([usual, whole]) : usual;
        for (let at = 0; at < bytes.length; at += cut) socket.write(bytes.subarray(at, at + cut));
        if (asked.method === "PLAY") socket.end();
      });
      const seen = watchStream({ url: camera.url("a") });
      expect((await seen.ended).kind).toBe("ended");
      expect(nalsOf(seen)).toEqual(cut < 700 ? slices.slice(0, 2) : slices);
      expect(seen.formats[0]).toMatchObject({ width: 320, height: 180 });
      expect(seen.pictures.map(({ streamMs }) => streamMs)).toEqual(
        nalsOf(seen).map((_, index) => index * 40),
      );
      expect(seen.pictures.map(({ isKey }) => isKey).slice(0, 2)).toEqual([true, false]);
    },
  );

  test("STAP-A, markers on every slice, no markers at all, and other channels between", async () => {
    const [first, second, third] = slices as [Buffer, Buffer, Buffer];
    const sized = (nal: Buffer): Buffer => Buffer.concat([Buffer.of(0, nal.length), nal]);
    const stapA = Buffer.concat([Buffer.of(24), sized(sps), sized(pps)]);
    let sequence = 0;
    const packet = (timestamp: number, payload: Buffer, marker: boolean): Buffer => {
      sequence += 1;
      return framed(rtp({ sequence, timestamp, payload, marker }));
    };
    const bytes = [
      packet(0, stapA, false),
      ...payloadsOf(first).map((payload) => packet(0, payload, false)),
      framed(Buffer.from("some RTCP"), 1),
      packet(3_600, second, true),
      packet(3_600, third, true),
      packet(7_200, second, true),
      packet(7_200, third, true),
      packet(10_800, first, true),
    ];
    await using camera = await startScriptedCamera(playing(...bytes));
    const seen = watchStream({ url: camera.url("a"), stallMs: 300 });
    expect((await seen.ended).kind).toBe("stalled");
    const got = seen.pictures.map(({ nals }) => nals.length);
    // The first picture with a marker on each slice is cut in two; then the camera is known.
    expect(got).toEqual([3, 1, 1, 2]);
  });

  test("a picture of which a packet is missing is left out and counted", async () => {
    const frames = framesOf(slices);
    frames.splice(4, 1);
    await using camera = await startScriptedCamera(playing(...frames));
    const seen = watchStream({ url: camera.url("a"), stallMs: 300 });
    await seen.ended;
    expect(nalsOf(seen)).toEqual(slices.filter((_, index) => index !== 1));
    expect(seen.stream.counts).toEqual({ lostPackets: 1, damagedPictures: 1, strangePackets: 0 });
  });
});

describe("addresses that a camera supplies", () => {
  test("only their path is used: the connection made stays the only one", async () => {
    const asked: string[] = [];
    await using elsewhere = await startScriptedCamera(() => {});
    await using camera = await startScriptedCamera((request, socket) => {
      asked.push(`${request.method} ${request.uri}`);
      const base = `Content-Base: rtsp://127.0.0.1:${elsewhere.port}/inner/`;
      if (request.method !== "DESCRIBE") socket.write(usualAnswer(request));
      else socket.write(answer(request, { headers: [base], body: usualSdp() }));
      if (request.method === "PLAY") socket.end(Buffer.concat(framesOf(slices)));
    });
    const seen = watchStream({ url: camera.url("a?x=1") });
    expect((await seen.ended).kind).toBe("ended");
    const home = `rtsp://127.0.0.1:${camera.port}`;
    expect(asked.slice(0, 4)).toEqual([
      `OPTIONS ${home}/a?x=1`,
      `DESCRIBE ${home}/a?x=1`,
      `SETUP ${home}/inner/trackID=2`,
      `PLAY ${home}/inner/`,
    ]);
    expect(elsewhere.taken).toBe(0);
  });

  test.each([
    ["a redirect", "302 Moved", ["Location: rtsp://127.0.0.1:1/x"]],
    ["not found", "404 Not Found", []],
    ["a broken camera", "500 Internal Error", []],
  ])("%s is refused", async (_, status, headers) => {
    await using camera = await startScriptedCamera((asked, socket) => {
      socket.write(
        asked.method === "DESCRIBE" ? answer(asked, { status, headers }) : usualAnswer(asked),
      );
    });
    const seen = watchStream({ url: camera.url("a") });
    expect((await seen.ended).kind).toBe("refused");
    expect(camera.taken).toBe(1);
  });

  test("REDIRECT in the middle of a stream ends it", async () => {
    const redirect = Buffer.from(
      "REDIRECT rtsp://127.0.0.1/a RTSP/1.0\r\nCSeq: 9\r\nLocation: rtsp://127.0.0.1:1/\r\n\r\n",
    );
    await using camera = await startScriptedCamera(playing(...framesOf(slices), redirect));
    const seen = watchStream({ url: camera.url("a") });
    expect(await seen.ended).toMatchObject({
      kind: "ended",
      message: expect.stringContaining("another address"),
    });
    expect(camera.taken).toBe(1);
  });
});

describe("the password", () => {
  test("is never sent readable to a camera that once offered Digest, nor to any before it asks", async () => {
    const heads: string[] = [];
    const offers = ['Digest realm="a, b", nonce="n=="', 'Basic realm="a"'];
    await using camera = await startScriptedCamera((asked, socket) => {
      heads.push(asked.text);
      const offer = offers[asked.index] ?? offers[1];
      socket.write(answer(asked, { status: "401 No", headers: [`WWW-Authenticate: ${offer}`] }));
    });
    const seen = watchStream({ url: camera.url("a"), username: "u", password: "secret" });
    const reason = await seen.ended;
    expect(reason.kind).toBe("unauthorised");
    expect(heads[0]).not.toContain("Authorization");
    expect(heads[1]).toContain('Authorization: Digest username="u", realm="a, b", nonce="n=="');
    expect(heads.join("\n")).not.toContain("Basic");
    expect(`${heads.join()}${reason.message}`).not.toContain("secret");
  });
});

test.each([
  ["answered", true],
  ["never answered", false],
])("a sign of life, %s, goes out at half the session's time", async (_, isAnswered) => {
  const methods: string[] = [];
  await using camera = await startScriptedCamera((asked, socket) => {
    methods.push(asked.method);
    const session = "Session: abc;timeout=4";
    const transport = "Transport: RTP/AVP/TCP;interleaved=4-5";
    if (asked.method === "GET_PARAMETER" && !isAnswered) return;
    if (asked.method !== "SETUP") socket.write(usualAnswer(asked));
    else socket.write(answer(asked, { headers: [session, transport] }));
    if (asked.method !== "PLAY") return;
    for (const frame of framesOf(slices)) {
      frame[1] = 4;
      socket.write(frame);
    }
  });
  const seen = watchStream({ url: camera.url("a"), stallMs: 4_700 });
  expect((await seen.ended).kind).toBe("stalled");
  expect(seen.pictures).toHaveLength(slices.length);
  const alive = ["GET_PARAMETER", "GET_PARAMETER"];
  expect(methods.slice(0, 6)).toEqual(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", ...alive]);
  expect(seen.clock.pending).toBe(0);
});

describe("what would hurt", () => {
  test("a byte a second ends at the deadline", async () => {
    const timers: NodeJS.Timeout[] = [];
    await using camera = await startScriptedCamera((asked, socket) => {
      const bytes = usualAnswer(asked);
      let at = 0;
      timers.push(
        setInterval(() => {
          socket.write(bytes.subarray(at, at + 1));
          at += 1;
        }, 200),
      );
    });
    const seen = watchStream({ url: camera.url("a"), firstPictureMs: 900 });
    const startedMs = performance.now();
    expect((await seen.ended).kind).toBe("timeout");
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    for (const timer of timers) clearInterval(timer);
  });

  test.each([
    ["garbage", Buffer.from("\u0001\u0002 garbage")],
    ["a head without end", Buffer.from(`RTSP/1.0 200 OK\r\nX: ${"y".repeat(20_000)}`)],
    ["a thousand headers", Buffer.from(`RTSP/1.0 200 OK\r\n${"X: y\r\n".repeat(1_000)}\r\n`)],
    ["a body of a gigabyte", Buffer.from("RTSP/1.0 200 OK\r\nContent-Length: 1000000000\r\n\r\n")],
    ["another protocol", Buffer.from("HTTP/1.1 200 OK\r\n\r\n")],
  ])("%s is a bad answer", async (_, bytes) => {
    await using camera = await startScriptedCamera((_asked, socket) => void socket.write(bytes));
    const seen = watchStream({ url: camera.url("a") });
    expect((await seen.ended).kind).toBe("badAnswer");
    expect(seen.clock.pending).toBe(0);
  });

  test("a picture without end, and one in endless pieces, are bad answers", async () => {
    const endless = (payload: Buffer): Buffer[] =>
      Array.from({ length: 20_000 }, (_, sequence) =>
        framed(rtp({ sequence, timestamp: 1, payload })),
      );
    const large = endless(Buffer.concat([Buffer.of(28, 5), Buffer.alloc(1_200)]));
    large[0] = framed(rtp({ sequence: 0, timestamp: 1, payload: Buffer.of(28, 0x85, 1) }));
    for (const bytes of [large, endless(Buffer.of(0x41, 1))]) {
      await using camera = await startScriptedCamera(playing(Buffer.concat(bytes)));
      const seen = watchStream({ url: camera.url("a"), bytesPerSMax: 1e9 });
      expect(await seen.ended).toMatchObject({
        kind: "badAnswer",
        message: expect.stringContaining("a picture"),
      });
      expect(seen.pictures).toHaveLength(0);
    }
  });

  test.each([
    ["frames", framed(Buffer.alloc(0), 7)],
    ["requests", Buffer.from("OPTIONS * RTSP/1.0\r\n\r\n")],
  ])("tiny %s without end are cut off by their number", async (_, tiny) => {
    const block = Buffer.concat(Array.from({ length: 1_000 }, () => tiny));
    let sent = 0;
    const pour = (socket: Socket): void => {
      while (!socket.destroyed && socket.write(block)) sent += 1_000;
      sent += 1_000;
      if (!socket.destroyed && sent < 1e7) socket.once("drain", () => pour(socket));
    };
    await using camera = await startScriptedCamera((_asked, socket) => pour(socket));
    const seen = watchStream({ url: camera.url("a") });
    expect(await seen.ended).toMatchObject({
      kind: "badAnswer",
      message: expect.stringContaining("packets in a second"),
    });
    expect(sent).toBeLessThan(1e6);
  });

  test("a gigabyte is cut off early, and another camera's pictures do not suffer", async () => {
    const block = Buffer.concat(
      Array.from({ length: 500 }, (_, sequence) =>
        framed(
          rtp({ sequence, timestamp: sequence, payload: Buffer.alloc(1_400, 9), marker: true }),
        ),
      ),
    );
    let sentBytes = 0;
    const pour = (socket: Socket): void => {
      while (!socket.destroyed && socket.write(block)) sentBytes += block.length;
      sentBytes += block.length;
      if (!socket.destroyed && sentBytes < 1e9) socket.once("drain", () => pour(socket));
    };
    await using flood = await startScriptedCamera((asked, socket) => {
      socket.write(usualAnswer(asked));
      if (asked.method === "PLAY") pour(socket);
    });
    await using camera = await startScriptedCamera(playing(...framesOf(slices)));
    const calm = watchStream({ url: camera.url("a"), stallMs: 1_500 });
    const flooded = watchStream({ url: flood.url("b") });
    expect(await flooded.ended).toMatchObject({
      kind: "badAnswer",
      message: expect.stringContaining("in a second"),
    });
    expect((await calm.ended).kind).toBe("stalled");
    expect(nalsOf(calm)).toEqual(slices);
    expect(sentBytes).toBeLessThan(100e6);
    expect(flood.open).toBe(0);
  });
});
