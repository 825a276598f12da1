/** Which register of which unit an installer means: a tag of the site file, or `UNIT:ADDRESS` on a bus. Pure. */

import { bus as busShape } from "../../config/shape/bus.ts";
import { register as registerShape } from "../../config/shape/register.ts";
import type { Bus, Device, Point, Site } from "../../config/site.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { wireAddress } from "../../config/words/registerAddress.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { RegisterTable } from "../../drivers/contract.ts";

export interface RegisterWords {
  /** `LT-101`, `3:0` (as on the wire), `3:0x10` or `3:40001` (as printed in manuals). */
  readonly target: string;
  readonly bus: string | null;
  /** In place of a bus of the site file: `10.0.0.5` or `10.0.0.5:502`. */
  readonly host: string | null;
  /** In place of a bus of the site file: `/dev/ttyUSB0`. */
  readonly serial: string | null;
  readonly baud: number | null;
  readonly parity: string | null;
  /** Then an address counts from 0, however it is written. */
  readonly table: RegisterTable | null;
  readonly count: number | null;
}

/** Registers (or bits) of one unit, as they are asked. */
export interface RegisterSpan {
  readonly unit: number;
  readonly table: RegisterTable;
  /** 0-based, as on the wire. */
  readonly address: number;
  readonly count: number;
}

export interface RegisterTarget {
  readonly busName: string;
  readonly bus: Bus;
  readonly of:
    | { readonly kind: "span"; readonly span: RegisterSpan }
    | {
        readonly kind: "point";
        readonly id: string;
        readonly point: Point;
        readonly deviceId: string;
        readonly device: Device;
      };
}

/** Two registers show every 16- and 32-bit form of a value. */
const usualCount = 2;
const placePattern = /^(\d{1,3}):(0x[0-9a-f]{1,4}|\d{1,6})$/i;

/** `site`: null when there is no readable site file. Errors are usage errors, in words. */
export function registerTarget(
  words: RegisterWords,
  site: Site | null,
): Result<RegisterTarget, Word> {
  const place = placePattern.exec(words.target);
  if (place === null) return pointTarget(words.target, site);
  const span = spanOf(words, { unit: Number(place[1]), written: place[2] ?? "" });
  if (!span.ok) return span;
  const bus = busOf(words, { site, unit: span.value.unit });
  if (!bus.ok) return bus;
  return ok({ ...bus.value, of: { kind: "span", span: span.value } });
}

function pointTarget(id: string, site: Site | null): Result<RegisterTarget, Word> {
  if (site === null) {
    return fail(
      word(
        `没有站点文件, 不知道位号 ${id}; 可写 从站:地址 并加 --host 或 --serial`,
        `no site file knows the tag ${id}; UNIT:ADDRESS with --host or --serial needs none`,
      ),
    );
  }
  const point = Object.hasOwn(site.points, id) ? site.points[id] : undefined;
  const device = site.devices[point?.device ?? ""];
  const bus = site.buses[device?.bus ?? ""];
  if (point === undefined || device === undefined || bus === undefined) {
    const some = Object.keys(site.points).slice(0, 8).join(", ");
    return fail(
      word(
        `站点文件中没有测点 ${id}; 有: ${some}`,
        `the site file has no point ${id}; there are: ${some}`,
      ),
    );
  }
  const of = { kind: "point", id, point, deviceId: point.device, device } as const;
  return ok({ busName: device.bus, bus, of });
}

function spanOf(
  { table, count }: RegisterWords,
  place: { readonly unit: number; readonly written: string },
): Result<RegisterSpan, Word> {
  const { unit, written } = place;
  const asked = { unit, count: count ?? usualCount };
  if (unit > 255) return fail(word(`从站地址 ${unit} 超出 0..255`, `unit ${unit} is not 0..255`));
  // Five and six digits in decimal are a manual's numbering, unless a table says otherwise.
  if (table === null && /^\d{5,6}$/.test(written)) {
    const wire = wireAddress(registerShape.parse({ modicon: Math.max(1, Number(written)) }));
    if (wire !== null) return ok({ ...asked, ...wire });
    return fail(
      word(
        `编号 ${written} 不属于任何表 (0xxxx 线圈, 1xxxx 离散输入, 3xxxx 输入, 4xxxx 保持); 报文地址请加 --table`,
        `${written} names no table (0xxxx coil, 1xxxx discrete, 3xxxx input, 4xxxx holding); with --table it is an address on the wire`,
      ),
    );
  }
  const address = Number(written);
  if (address > 65_535) return fail(word(`地址 ${written} 超出 0..65535`, `${written} > 65535`));
  return ok({ ...asked, table: table ?? "holding", address });
}

function busOf(
  { bus: id, host, serial, baud, parity }: RegisterWords,
  { site, unit }: { readonly site: Site | null; readonly unit: number },
): Result<Pick<RegisterTarget, "bus" | "busName">, Word> {
  if (host !== null) {
    const [name, port] = /^(.*):(\d+)$/.exec(host)?.slice(1) ?? [host, "502"];
    return busFrom(host, { type: "modbus-tcp", host: name, port: Number(port) });
  }
  if (serial !== null) {
    const line = { baud: baud ?? undefined, parity: parity ?? undefined };
    return busFrom(serial, { type: "modbus-rtu", port: serial, ...line });
  }
  const buses = Object.entries(site?.buses ?? {});
  const fits = ([name]: readonly [string, Bus]): boolean =>
    id === null ? hasUnit(site, name, unit) : name === id;
  const fitting = buses.length === 1 && id === null ? buses : buses.filter(fits);
  const [chosen] = fitting;
  if (chosen !== undefined && fitting.length === 1)
    return ok({ busName: chosen[0], bus: chosen[1] });
  const names = buses.map(([name]) => name).join(", ") || "-";
  return fail(
    word(
      `请用 --bus 选一条总线 (站点文件中有: ${names}), 或写 --host IP[:端口] / --serial 串口`,
      `choose the bus: --bus (the site file has: ${names}), --host ADDRESS[:PORT] or --serial DEVICE`,
    ),
  );
}

function hasUnit(site: Site | null, bus: string, unit: number): boolean {
  return Object.values(site?.devices ?? {}).some((one) => one.bus === bus && one.unit === unit);
}

function busFrom(
  busName: string,
  written: object,
): Result<Pick<RegisterTarget, "bus" | "busName">, Word> {
  const parsed = busShape.safeParse(written);
  if (parsed.success) return ok({ busName, bus: parsed.data });
  const [issue] = parsed.error.issues;
  const where = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
  return fail(word(`总线参数不对: ${where}`, `this bus cannot be: ${where}`));
}
