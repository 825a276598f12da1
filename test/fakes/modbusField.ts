/** One field of Modbus units, over TCP or RS-485, with every fault a device can show on the wire. */

import type { Bus } from "../../config/site.ts";
import { rtuFrame, type SeenRequest, tcpFrame } from "./modbusFrames.ts";
import { ModbusRtuDevice } from "./modbusRtuDevice.ts";
import { rtuOverTcpBus, serialBus, tcpBus, udpBus } from "./modbusSite.ts";
import { ModbusTcpDevice } from "./modbusTcpDevice.ts";
import { ModbusUdpDevice } from "./modbusUdpDevice.ts";
import { openRtuConverter } from "./rtuConverter.ts";

export type Fault =
  | { readonly kind: "none" }
  | { readonly kind: "silence" }
  /** Comes only when `releaseLate` is called. */
  | { readonly kind: "late" }
  | { readonly kind: "previousReply" }
  | { readonly kind: "wrongUnit" }
  | { readonly kind: "wrongFunction" }
  | { readonly kind: "shortFrame" }
  | { readonly kind: "shortData" }
  | { readonly kind: "badCheck" }
  | { readonly kind: "randomBytes" }
  | { readonly kind: "exception"; readonly code: number };

export interface ModbusField extends AsyncDisposable {
  readonly bus: Bus;
  /** For the line: what it listens before its first question must not be lost to the first answer. */
  readonly lineBus: Bus;
  readonly requests: readonly SeenRequest[];
  readonly bytesReceived: number;
  readonly functionCodes: ReadonlySet<number>;
  show(fault: Fault): void;
  /** Sends the replies that a "late" fault held back: after the time-out, however slow this machine is. */
  releaseLate(): void;
}

/** The frame of a reply on this transport. */
type Frame = (request: SeenRequest, bytes: readonly number[]) => Buffer;

interface Stage {
  readonly request: SeenRequest;
  readonly right: readonly number[];
  send(bytes: Uint8Array): void;
}

/** 0x5A repeated is neither a header nor a frame; it comes with every length from 1 to 300. */
const garbage: Buffer = Buffer.alloc(300, 0x5a);

function behaviour(
  frame: Frame,
  damage: (good: Buffer) => Buffer,
): {
  current: Fault;
  behave(stage: Stage): void;
  releaseLate(): void;
} {
  let previous: Buffer = garbage;
  let late: (() => void)[] = [];
  const state = {
    current: { kind: "none" } as Fault,
    behave(stage: Stage): void {
      const good = frame(stage.request, stage.right);
      if (state.current.kind === "late") late.push(() => stage.send(good));
      else play(state.current, stage, { good, previous, frame, damage });
      previous = good;
    },
    releaseLate(): void {
      for (const send of late) send();
      late = [];
    },
  };
  return state;
}

function play(
  fault: Exclude<Fault, { kind: "late" }>,
  { request, right, send }: Stage,
  parts: {
    readonly good: Buffer;
    readonly previous: Buffer;
    readonly frame: Frame;
    readonly damage: (good: Buffer) => Buffer;
  },
): void {
  const [unit = 0, functionCode = 0, count = 0, ...data] = right;
  const { good, previous, frame, damage } = parts;
  switch (fault.kind) {
    case "none":
      send(good);
      break;
    case "silence":
      break;
    case "previousReply":
      send(previous);
      break;
    case "wrongUnit":
      send(frame(request, [unit + 1, functionCode, count, ...data]));
      break;
    case "wrongFunction":
      send(frame(request, [unit, functionCode === 3 ? 4 : 3, count, ...data]));
      break;
    case "shortFrame":
      send(good.subarray(0, good.length - 3));
      break;
    case "shortData":
      send(frame(request, [unit, functionCode, count - 2, ...data.slice(2)]));
      break;
    case "badCheck":
      send(damage(good));
      break;
    case "randomBytes":
      send(garbage.subarray(0, 1 + (request.address % 300)));
      break;
    case "exception":
      send(frame(request, [unit, functionCode | 0x80, fault.code]));
      break;
  }
}

/** TCP frames carry no check of their own: the protocol id takes its place. */
const mbap = (): ReturnType<typeof behaviour> => {
  const frame: Frame = (request, bytes) => tcpFrame(request.transactionId, ...bytes);
  return behaviour(frame, (good) => {
    const bad = Buffer.from(good);
    bad[2] = 0xff;
    return bad;
  });
};

const rtu = (): ReturnType<typeof behaviour> => {
  const frame: Frame = (_, bytes) => rtuFrame(...bytes);
  return behaviour(frame, (good) => {
    const bad = Buffer.from(good);
    bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 0xff;
    return bad;
  });
};

export async function tcpField(): Promise<ModbusField> {
  const script = mbap();
  const device = await ModbusTcpDevice.start((stage) => script.behave(stage));
  return field(device, tcpBus(device.port, "120ms"), script);
}

export async function udpField(): Promise<ModbusField> {
  const script = mbap();
  const device = await ModbusUdpDevice.start((stage) => script.behave(stage));
  return field(device, udpBus(device.port, { timeout: "120ms" }), script);
}

export function rtuField(): Promise<ModbusField> {
  const script = rtu();
  const device = new ModbusRtuDevice((stage) => script.behave(stage));
  const bus = serialBus(device.path, { timeout: "120ms" });
  return Promise.resolve(field(device, bus, script));
}

export async function rtuOverTcpField(): Promise<ModbusField> {
  const script = rtu();
  const converter = await openRtuConverter();
  const device = new ModbusRtuDevice((stage) => script.behave(stage), converter);
  return field(device, rtuOverTcpBus(converter.port, { timeout: "120ms" }), script);
}

function field(
  device: ModbusTcpDevice | ModbusRtuDevice | ModbusUdpDevice,
  bus: Bus,
  script: { current: Fault; releaseLate(): void },
): ModbusField {
  return {
    bus,
    lineBus: { ...bus, timeout: bus.type === "modbus-rtu" ? 10 : bus.timeout },
    requests: device.requests,
    get bytesReceived() {
      return device.bytesReceived;
    },
    get functionCodes() {
      return device.functionCodes;
    },
    show(fault) {
      script.current = fault;
    },
    releaseLate: () => script.releaseLate(),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}
