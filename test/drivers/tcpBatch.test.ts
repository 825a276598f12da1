/** Several reads on one TCP connection at once, against a far end that cuts, mixes, repeats and forgets. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../config/words/result.ts";
import type { RegisterRead } from "../../drivers/contract.ts";
import { TurnLine } from "../../drivers/lines/line.ts";
import { askTogether, type Together } from "../../drivers/lines/together.ts";
import { TcpPort } from "../../drivers/modbus/tcpPort.ts";
import { StallingClock } from "../fakes/memoryWires.ts";
import { replyBytes, type SeenRequest, tcpFrame, tellingWord } from "../fakes/modbusFrames.ts";

const timeoutMs = 50;
const never = new AbortController().signal;
const codeOf = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

interface Seen extends SeenRequest {
  readonly frame: Buffer;
}

/** A port on a wire of memory; what was sent is answered by `farEnd`. */
function rig() {
  const clock = new StallingClock();
  const told: string[] = [];
  let farEnd: (requests: readonly Seen[]) => void = () => {};
  const sender = {
    write(bytes: Buffer) {
      const requests: Seen[] = [];
      for (let at = 0; at < bytes.length; at += 12) requests.push(seenIn(bytes, at));
      queueMicrotask(() => farEnd(requests));
    },
  };
  const port: TcpPort = new TcpPort(clock, {
    answered: () => told.push("answered"),
    silent: (unit) => told.push(`silent ${unit}`),
    broken(reason) {
      told.push(`broken: ${reason}`);
      port.detach(reason);
      port.attach(sender);
    },
  });
  port.attach(sender);
  return {
    ...{ clock, port, told },
    answerBy(how: (requests: readonly Seen[]) => void) {
      farEnd = how;
    },
    receive: (bytes: Uint8Array) => port.receive(bytes, bytes.length),
  };
}

function seenIn(bytes: Buffer, at: number): Seen {
  const request = {
    transactionId: bytes.readUInt16BE(at),
    unit: bytes[at + 6] ?? 0,
    functionCode: bytes[at + 7] ?? 0,
    address: bytes.readUInt16BE(at + 8),
    count: bytes.readUInt16BE(at + 10),
  };
  const right = replyBytes(request, (address) => tellingWord(request, address, 0));
  return { ...request, frame: tcpFrame(request.transactionId, ...right) };
}

function rightOf(read: RegisterRead): string {
  const request = { ...read, transactionId: 0, functionCode: codeOf[read.table] };
  const bytes = replyBytes(request, (address) => tellingWord(request, address, 0));
  return Buffer.from(bytes.slice(3)).toString("hex");
}

/** "ok HEX", or the kind of the error; `notAsked` told apart. */
async function readAll(
  { port, clock }: ReturnType<typeof rig>,
  reads: readonly RegisterRead[],
  signal: AbortSignal = never,
): Promise<readonly string[]> {
  const outcomes: string[] = reads.map(() => "");
  let isOver = false;
  const reading = port.readTogether(reads, signal, (index, outcome) => {
    expect(outcomes[index]).toBe("");
    if (outcome.ok) outcomes[index] = `ok ${Buffer.from(outcome.value).toString("hex")}`;
    else if (outcome.error.kind === "timeout" && outcome.error.notAsked) outcomes[index] = "behind";
    else outcomes[index] = outcome.error.kind;
  });
  void reading.then(() => {
    isOver = true;
  });
  for (let step = 0; !isOver && step < (reads.length + 2) * (timeoutMs + 50); step += 1) {
    await clock.advance(1);
  }
  expect(isOver).toBe(true);
  expect(outcomes).not.toContain("");
  return outcomes;
}

const read = (unit: number, address = unit * 10): RegisterRead => ({
  ...{ unit, table: "holding", address, count: 4, timeoutMs },
});

describe("several reads at once", () => {
  it("leave in one write, and each gets its own reply, whatever their order", async () => {
    const wire = rig();
    let writes = 0;
    wire.answerBy((requests) => {
      writes += 1;
      wire.receive(Buffer.concat(requests.map(({ frame }) => frame).reverse()));
    });
    const reads = [read(1), read(2), read(2, 700), read(3)];
    expect(await readAll(wire, reads)).toEqual(reads.map((one) => `ok ${rightOf(one)}`));
    expect(writes).toBe(1);
    wire.port.detach("closed");
    expect(wire.clock.pending).toBe(0);
  });

  it("give the oldest the blame for a silence, and what was behind it another chance", async () => {
    const wire = rig();
    wire.answerBy(([first]) => wire.receive(first?.frame ?? Buffer.alloc(0)));
    const outcomes = await readAll(wire, [read(1), read(2), read(3), read(4)]);
    expect(outcomes).toEqual([`ok ${rightOf(read(1))}`, "timeout", "behind", "behind"]);
    expect(wire.told.filter((what) => what.startsWith("silent"))).toEqual(["silent 2"]);
  });

  it("give each its own time-out, counted from the reply before", async () => {
    const wire = rig();
    wire.answerBy((requests) => {
      for (const [i, { frame }] of requests.entries()) {
        wire.clock.timer((i + 1) * 40, () => wire.receive(frame));
      }
    });
    const reads = [read(1), read(2), read(3)];
    expect(await readAll(wire, reads)).toEqual(reads.map((one) => `ok ${rightOf(one)}`));
  });

  it("end as aborted at once, and a reply after that is nobody's", async () => {
    const wire = rig();
    const stop = new AbortController();
    let late: readonly Seen[] = [];
    wire.answerBy((requests) => {
      late = requests;
      stop.abort();
    });
    expect(await readAll(wire, [read(1), read(2)], stop.signal)).toEqual(["aborted", "aborted"]);
    wire.answerBy((requests) => {
      wire.receive(Buffer.concat([...late, ...requests].map(({ frame }) => frame)));
    });
    expect(await readAll(wire, [read(5)])).toEqual([`ok ${rightOf(read(5))}`]);
  });

  it("refuse an impossible one and send nothing", async () => {
    const wire = rig();
    wire.answerBy(() => expect.unreachable("bytes were sent"));
    const outcomes = await readAll(wire, [read(1), { ...read(2), count: 126 }]);
    expect(outcomes).toEqual(["behind", "refused"]);
  });

  it("end with their connection", async () => {
    const wire = rig();
    wire.answerBy(() => wire.port.detach("gone"));
    expect(await readAll(wire, [read(1), read(2)])).toEqual(["lineDown", "lineDown"]);
    expect(wire.clock.pending).toBe(0);
  });

  it("tell a bug of whoever takes a reply when all are in", async () => {
    const wire = rig();
    wire.answerBy((requests) => wire.receive(Buffer.concat(requests.map(({ frame }) => frame))));
    const taken: number[] = [];
    const reading = wire.port.readTogether([read(1), read(2)], never, (index) => {
      taken.push(index);
      if (index === 0) throw new Error("a bug");
    });
    await expect(reading).rejects.toThrow("a bug");
    expect(taken).toEqual([0, 1]);
  });
});

const reads = fc.array(
  fc.record({
    unit: fc.integer({ min: 1, max: 4 }),
    table: fc.constantFrom("holding", "input", "coil"),
    address: fc.integer({ min: 0, max: 900 }),
    count: fc.constantFrom(1, 2, 8, 60, 125),
    timeoutMs: fc.constant(timeoutMs),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("a whole stream", () => {
  it("gives every reply to its read, however it is cut into segments and ordered", async () => {
    await fc.assert(
      fc.asyncProperty(
        reads,
        fc.infiniteStream(fc.integer({ min: 1, max: 700 })),
        fc.integer(),
        async (asked, sizes, order) => {
          const wire = rig();
          wire.answerBy((requests) => {
            const frames = requests.map(({ frame }) => frame);
            if (order % 2 === 0) frames.reverse();
            let stream = Buffer.concat(frames);
            while (stream.length > 0) {
              const size = sizes.next().value ?? 1;
              // A segment that ends where a frame ends is what a device sends; others cut anywhere.
              wire.receive(stream.subarray(0, size));
              stream = stream.subarray(size);
            }
          });
          const outcomes = await readAll(wire, asked);
          const isCutOff = wire.told.some((what) => what.startsWith("broken"));
          for (const [i, outcome] of outcomes.entries()) {
            const one = asked[i];
            if (one === undefined) continue;
            if (isCutOff) expect(["badReply", "behind", `ok ${rightOf(one)}`]).toContain(outcome);
            else expect(outcome).toBe(`ok ${rightOf(one)}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** What a hostile far end does with one of the frames. */
const harm = fc.constantFrom("cut", "drop", "double", "flip", "other", "noise", "swap", "none");

function harmed(frames: readonly Buffer[], what: string, at: number, by: number): Buffer[] {
  const frame = frames[at] ?? Buffer.alloc(0);
  const next = frames[(at + 1) % frames.length] ?? frame;
  const out = [...frames];
  const cut = 1 + (by % Math.max(1, frame.length - 1));
  if (what === "cut") out[at] = frame.subarray(0, frame.length - cut);
  else if (what === "drop") out.splice(at, 1);
  else if (what === "double") out.splice(at, 0, frame);
  else if (what === "flip") {
    // Data carry no check over TCP: only what the protocol can tell is flipped.
    const bad = Buffer.from(frame);
    bad[by % 9] = (bad[by % 9] ?? 0) ^ (1 << ((by >> 4) % 8));
    out[at] = bad;
  } else if (what === "other") {
    // Its own id before another read's reply.
    const bad = Buffer.from(next);
    frame.copy(bad, 0, 0, 2);
    out[at] = bad;
  } else if (what === "noise") out.splice(at, 0, Buffer.alloc(1 + (by % 40), by));
  else if (what === "swap") [out[at], out[0]] = [out[0] ?? frame, frame];
  return out;
}

describe("a hostile stream", () => {
  it("never gives a wrong value and never hangs", async () => {
    await fc.assert(
      fc.asyncProperty(
        reads,
        fc.array(fc.tuple(harm, fc.nat(), fc.nat(10_000)), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 3, 100, 4_000),
        async (asked, harms, segment) => {
          const wire = rig();
          wire.answerBy((requests) => {
            let frames = requests.map(({ frame }) => frame);
            for (const [what, at, by] of harms) {
              if (frames.length > 0) frames = harmed(frames, what, at % frames.length, by);
            }
            const stream = Buffer.concat(frames);
            const size = segment === 0 ? stream.length : segment;
            for (let from = 0; from < stream.length; from += size) {
              wire.receive(stream.subarray(from, from + size));
            }
          });
          const outcomes = await readAll(wire, asked);
          for (const [i, outcome] of outcomes.entries()) {
            const one = asked[i];
            if (outcome.startsWith("ok") && one !== undefined) {
              expect(isAnyRight(outcome, one, asked)).toBe(true);
            }
          }
          wire.port.detach("closed");
          expect(wire.clock.pending).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

/**
 * Its own value. A reply of the same unit, function and length under its id ("other", or a flip between two ids that
 * are open) is the right one to anybody: of that form another's value may come.
 */
function isAnyRight(outcome: string, one: RegisterRead, asked: readonly RegisterRead[]): boolean {
  const alike = asked.filter(
    ({ unit, table, count }) => unit === one.unit && table === one.table && count === one.count,
  );
  return alike.some((other) => outcome === `ok ${rightOf(other)}`);
}

describe("questions asked together", () => {
  const question = (unit: number): Together => ({
    readMsMax: 150,
    direct: {
      request: read(unit),
      decode: (payload) => ({
        takenAt: new StallingClock().now(),
        values: Float64Array.of(payload.length),
        qualities: Uint8Array.of(0),
      }),
    },
  });

  it("are answered with the line's own trouble when it is down", async () => {
    const line = new TurnLine(
      {
        io: new TcpPort(new StallingClock(), { answered() {}, silent() {}, broken() {} }),
        ready: () => Promise.resolve({ kind: "lineDown" as const, message: "no cable" }),
        close: () => Promise.resolve(),
      },
      new StallingClock(),
    );
    const answers: unknown[] = [];
    const take = (index: number, answer: unknown): void => {
      answers[index] = answer;
    };
    await askTogether(line, [question(1), question(2)], { signal: never, take });
    const down = fail({ kind: "lineDown", message: "no cable" });
    expect(answers).toEqual([down, down]);
  });

  it("are decoded each by its own", async () => {
    const wire = rig();
    wire.answerBy((requests) => wire.receive(Buffer.concat(requests.map(({ frame }) => frame))));
    const line = new TurnLine(
      { io: wire.port, ready: () => null, close: () => Promise.resolve() },
      wire.clock,
    );
    const lengths: number[] = [];
    await askTogether(line, [question(1), question(2)], {
      signal: never,
      take(index, answer) {
        lengths[index] = answer.ok ? (answer.value.values[0] ?? 0) : -1;
      },
    });
    expect(lengths).toEqual([8, 8]);
  });
});
