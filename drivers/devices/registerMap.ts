/** Any Modbus device described by a register table. */

import type { Bus, Device, Point, Register } from "../../config/site.ts";
import type { DeviceId, PointId } from "../../config/words/names.ts";
import { wireAddress } from "../../config/words/registerAddress.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type {
  DirectRead,
  Driver,
  Line,
  ModbusIo,
  Question,
  RegisterRead,
  Samples,
} from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { type ColumnCell, compileColumns, type DecodeColumns } from "../modbus/columns.ts";
import { registersOf } from "../modbus/numbers.ts";
import { type PlannedRequest, type PlanPoint, planRequests } from "../modbus/requestPlan.ts";
import { charMs, directionMs, silenceMs } from "../modbus/wireTime.ts";

export interface DeviceOptions {
  readonly device: DeviceId;
  readonly settings: Device;
  /** The points of this device, in the site's order. */
  readonly points: readonly { readonly id: PointId; readonly settings: Point }[];
  /** The bus the line belongs to: its time-out, and what its bytes take on the wire. */
  readonly bus: Bus;
  readonly tools: { readonly line: Line<ModbusIo>; readonly clock: Clock };
}

/** Between the end of the longest wait and the end of the turn: this machine's own time. */
const marginMs = 100;
/** RTU bytes around a reply's data, and those of a request. */
const replyFrameBytes = 5;
const requestBytes = 8;

interface Entry {
  readonly id: PointId;
  readonly register: Register;
  readonly everyMs: number;
  readonly table: Register["table"];
  /** 0-based; -1 when the register names no address. */
  readonly address: number;
}

/** One request of a device as it will be asked, known before any I/O. */
export interface PlannedQuestion {
  /** For people and logs: "unit 3 holding 0..19". */
  readonly name: string;
  readonly points: readonly PointId[];
  readonly everyMs: number;
  /** Longest time from start to answer or typed error. */
  readonly readMsMax: number;
  /** What its bytes, and the silence before them, take on the wire; 0 on a network. */
  readonly wireMs: number;
  /** What the line waits before it, at most, since the question before. */
  readonly pauseMs: number;
  /** The longest wait for the answer's first byte. */
  readonly timeoutMs: number;
}

/** The questions that `openRegisterMap` will ask; points that no request can hold are left out. Pure. */
export function plannedQuestions(
  options: Omit<DeviceOptions, "tools">,
): readonly PlannedQuestion[] {
  const entries = options.points.map(({ id, settings }) => entryOf(id, settings));
  const { requests } = planRequests(entries.map(cellsOf), options.settings);
  return requests.map((request) => plannedQuestion(request, entries, options));
}

/** No I/O until a question is read. A point that no request can hold gets a question that says so. */
export function openRegisterMap(options: DeviceOptions): Driver {
  const entries = options.points.map(({ id, settings }) => entryOf(id, settings));
  const plan = planRequests(entries.map(cellsOf), options.settings);
  const asked = plan.requests.map((request) => new RegisterQuestion(request, entries, options));
  const hopeless = plan.impossible.flatMap(({ point, reason }) => {
    const entry = entries[point];
    return entry === undefined ? [] : [hopelessQuestion(entry, reason)];
  });
  return {
    device: options.device,
    questions: [...asked, ...hopeless],
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(asked.map((question) => question.dispose()));
    },
  };
}

function plannedQuestion(
  request: PlannedRequest,
  entries: readonly Entry[],
  { settings, bus }: Omit<DeviceOptions, "tools">,
): PlannedQuestion {
  const { table, address, count, everyMs } = request;
  const timeoutMs = settings.timeout ?? bus.timeout;
  const wireMs = wireMsOf(request, bus);
  const pauseMs = bus.type === "modbus-rtu" ? 0 : bus.betweenRequests;
  return {
    name: `unit ${settings.unit} ${table} ${address}..${address + count - 1}`,
    points: request.points.flatMap((point) => entries[point]?.id ?? []),
    everyMs,
    readMsMax: Math.ceil(pauseMs + wireMs + timeoutMs + marginMs),
    ...{ wireMs, pauseMs, timeoutMs },
  };
}

function entryOf(id: PointId, point: Point): Entry {
  const { register, every } = point;
  const wire = wireAddress(register);
  return {
    id,
    register,
    everyMs: every,
    table: wire?.table ?? register.table,
    address: wire?.address ?? -1,
  };
}

function isBits(table: Register["table"]): boolean {
  return table === "coil" || table === "discrete";
}

/** Bits have neither status word nor decimals register: those are words of the same table. */
function companionsOf(entry: Entry): { status: number | null; decimals: number | null } {
  if (isBits(entry.table)) return { status: null, decimals: null };
  return {
    status: entry.register.status?.address ?? null,
    decimals: entry.register.decimalsAt ?? null,
  };
}

function cellsOf(entry: Entry): PlanPoint {
  const { status, decimals } = companionsOf(entry);
  const width = isBits(entry.table) ? 1 : registersOf(entry.register.type);
  const cells = [entry.address, entry.address + width - 1];
  if (status !== null) cells.push(status);
  if (decimals !== null) cells.push(decimals);
  return {
    table: entry.table,
    first: Math.min(...cells),
    last: Math.max(...cells),
    everyMs: entry.everyMs,
  };
}

/** One planned request with its columns, used again and again. */
class RegisterQuestion implements Question, DirectRead {
  readonly name: string;
  readonly points: readonly PointId[];
  readonly everyMs: number;
  readonly readMsMax: number;
  readonly timeoutMs?: number;
  readonly direct: DirectRead = this;
  readonly request: RegisterRead;
  readonly #decode: DecodeColumns;
  readonly #values: Float64Array;
  readonly #qualities: Uint8Array;
  readonly #line: Line<ModbusIo>;
  readonly #clock: Clock;
  /** Of this once. */
  #waitMs: number;
  #reading: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  constructor(request: PlannedRequest, entries: readonly Entry[], options: DeviceOptions) {
    const { settings, tools } = options;
    const { table, address, count } = request;
    const mine = request.points.flatMap((point) => entries[point] ?? []);
    const planned = plannedQuestion(request, entries, options);
    const { timeoutMs } = planned;
    this.name = planned.name;
    this.points = planned.points;
    this.everyMs = planned.everyMs;
    this.readMsMax = planned.readMsMax;
    this.#waitMs = timeoutMs;
    // A gateway goes on waiting for its unit, and keeps the next question waiting: nothing is gained there.
    if (options.bus.type === "modbus-rtu") this.timeoutMs = timeoutMs;
    this.request = { unit: settings.unit, table, address, count, timeoutMs };
    this.#decode = compileColumns(mine.map((entry) => cellOf(entry, address)));
    this.#values = new Float64Array(mine.length).fill(Number.NaN);
    this.#qualities = new Uint8Array(mine.length);
    this.#line = tools.line;
    this.#clock = tools.clock;
  }

  read(signal: AbortSignal, timeoutMsMax?: number): Promise<Result<Samples, DriverError>> {
    const { timeoutMs } = this.request;
    this.#waitMs = Math.min(timeoutMs, timeoutMsMax ?? timeoutMs);
    if (this.#isDisposed) return Promise.resolve(fail({ kind: "aborted", message: "closed" }));
    const reading = this.#line.turn({ deadlineMs: this.readMsMax, signal }, this.#ask);
    this.#reading = reading;
    return reading;
  }

  /** Waits for the read in flight; afterwards there is none. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#reading;
  }

  readonly #ask = async (
    io: ModbusIo,
    signal: AbortSignal,
  ): Promise<Result<Samples, DriverError>> => {
    const { unit, table, address, count } = this.request;
    const reply = await io.read({ unit, table, address, count, timeoutMs: this.#waitMs, signal });
    return reply.ok ? ok(this.decode(reply.value)) : reply;
  };

  decode(payload: Uint8Array): Samples {
    this.#decode(payload, this.#values, this.#qualities);
    return { takenAt: this.#clock.now(), values: this.#values, qualities: this.#qualities };
  }
}

function cellOf(entry: Entry, requestAddress: number): ColumnCell {
  const { status, decimals } = companionsOf(entry);
  return {
    register: { ...entry.register, table: entry.table },
    offsets: {
      value: entry.address - requestAddress,
      status: status === null ? null : status - requestAddress,
      decimals: decimals === null ? null : decimals - requestAddress,
    },
  };
}

/** On a serial line the bytes themselves take time, and so does the silence before them. */
function wireMsOf(request: PlannedRequest, bus: Bus): number {
  if (!("baud" in bus)) return 0;
  const dataBytes = isBits(request.table) ? Math.ceil(request.count / 8) : request.count * 2;
  const bytes = requestBytes + replyFrameBytes + dataBytes;
  const switchMs = bus.type === "modbus-rtu" ? directionMs(bus) : 0;
  return silenceMs(bus) + switchMs + bytes * charMs(bus);
}

/** A point that no legal request can hold is never silently left out. */
function hopelessQuestion(entry: Entry, reason: string): Question {
  return {
    name: `${entry.id}: cannot be asked`,
    points: [entry.id],
    everyMs: entry.everyMs,
    readMsMax: 1,
    read: () =>
      Promise.resolve(
        fail({ kind: "refused", exceptionCode: 0, message: `not sent: ${entry.id}: ${reason}` }),
      ),
  };
}
