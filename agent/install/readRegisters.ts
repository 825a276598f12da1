/** Asks a unit once, as the agent would ask it, and keeps the words of the answer beside the value made of them. */

import type { Point } from "../../config/site.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { type Quality, qualities } from "../../config/words/quality.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { Line, ModbusIo } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { openDriver } from "../../drivers/registry.ts";
import { createNormaliser } from "../normalise/normalise.ts";
import type { RegisterSpan, RegisterTarget } from "./registerTarget.ts";

export interface RegisterAnswer {
  readonly span: RegisterSpan;
  /** As the reply carried it: two bytes a register, or eight bits a byte. */
  readonly payload: Uint8Array;
  readonly tookMs: number;
  /** Only of a point. */
  readonly reading: PointReading | null;
}

export interface PointReading {
  readonly point: Point;
  /** The number in the device's words, before scaling; null for none. */
  readonly decoded: number | null;
  readonly decodedQuality: Quality;
  /** In the point's unit. */
  readonly value: number | null;
  readonly quality: Quality;
}

/** Opening the wire is waited for so long, beside the time-out of the question itself. */
const openMsMax = 6_000;

/** `line` is a line of the target's bus. The answer comes within the time-out of unit and wire. */
export async function readRegisters(
  target: RegisterTarget,
  tools: { readonly line: Line<ModbusIo>; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Result<RegisterAnswer, DriverError>> {
  const { line, signal } = tools;
  const opened = await line.turn({ deadlineMs: openMsMax, signal }, () =>
    Promise.resolve(ok(null)),
  );
  if (!opened.ok) return opened;
  return target.of.kind === "span"
    ? await readSpan(target.of.span, target.bus.timeout, tools)
    : await readPoint(target, target.of, tools);
}

async function readSpan(
  span: RegisterSpan,
  timeoutMs: number,
  tools: Parameters<typeof readRegisters>[1],
): Promise<Result<RegisterAnswer, DriverError>> {
  const { line, clock, signal } = tools;
  // A long answer needs its time on a slow wire.
  const deadlineMs = timeoutMs + openMsMax;
  let tookMs = 0;
  const reply = await line.turn({ deadlineMs, signal }, async (io, turnSignal) => {
    const fromMs = clock.monotonicMs();
    const answer = await io.read({ ...span, timeoutMs, signal: turnSignal });
    tookMs = clock.monotonicMs() - fromMs;
    return answer.ok ? ok(Uint8Array.from(answer.value)) : answer;
  });
  return reply.ok ? ok({ span, payload: reply.value, tookMs, reading: null }) : reply;
}

type PointTarget = Extract<RegisterTarget["of"], { kind: "point" }>;

/** By the driver itself, so that what is shown here is what the agent would have read. */
async function readPoint(
  { bus }: RegisterTarget,
  of: PointTarget,
  tools: Parameters<typeof readRegisters>[1],
): Promise<Result<RegisterAnswer, DriverError>> {
  const heard: Heard = { last: null };
  const line = overhear(tools.line, tools.clock, heard);
  await using driver = openDriver({
    device: deviceId(of.deviceId),
    settings: of.device,
    points: [{ id: pointId(of.id), settings: of.point }],
    bus,
    tools: { line, clock: tools.clock },
  });
  const [question] = driver.questions;
  if (question === undefined) {
    return fail({ kind: "refused", exceptionCode: 0, message: "the point has no register" });
  }
  const answer = await question.read(tools.signal);
  if (!answer.ok) return answer;
  if (heard.last === null) return fail({ kind: "badReply", message: "no answer was heard" });
  const scaled = createNormaliser(Uint32Array.of(0), [of.point]).readings(answer.value);
  const number = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  return ok({
    ...heard.last,
    reading: {
      point: of.point,
      decoded: number(answer.value.values[0]),
      decodedQuality: qualities[answer.value.qualities[0] ?? 0] ?? "device-fault",
      value: number(scaled.values[0]),
      quality: qualities[scaled.qualities[0] ?? 0] ?? "device-fault",
    },
  });
}

interface Heard {
  last: Omit<RegisterAnswer, "reading"> | null;
}

/** The same line, with a copy kept of the last good reply. */
function overhear(line: Line<ModbusIo>, clock: Clock, heard: Heard): Line<ModbusIo> {
  return {
    turn: (options, ask) =>
      line.turn(options, (io, turnSignal) =>
        ask(
          {
            async read(request) {
              const fromMs = clock.monotonicMs();
              const answer = await io.read(request);
              if (answer.ok) {
                const { unit, table, address, count } = request;
                const payload = Uint8Array.from(answer.value);
                const tookMs = clock.monotonicMs() - fromMs;
                heard.last = { span: { unit, table, address, count }, payload, tookMs };
              }
              return answer;
            },
          },
          turnSignal,
        ),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
