/** Which device a row means: one of the site, or one that is offered to be made. Pure. */

import { suggester } from "../faults/didYouMean.ts";
import { idPattern } from "../shape/ids.ts";
import type { Site } from "../site.ts";
import { word } from "../words/bilingual.ts";
import { fail, ok, type Result } from "../words/result.ts";
import type { Change, Edit } from "./edit.ts";
import type { SheetFinding } from "./finding.ts";
import type { SheetPoint } from "./sheetPoint.ts";

type Refused = Omit<SheetFinding, "severity">;

interface Made {
  readonly id: string;
  readonly at: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tags: Set<string>;
}

interface Known {
  readonly bus: string;
  readonly unit: number;
  readonly made: Made | null;
}

export class DeviceBook {
  readonly #site: Site;
  readonly #buses: Map<string, Made | null>;
  readonly #devices: Map<string, Known>;
  readonly #byName: ReadonlyMap<string, string>;
  readonly #byPlace: Map<string, string>;

  constructor(site: Site) {
    this.#site = site;
    this.#buses = new Map(Object.keys(site.buses).map((id) => [id, null]));
    this.#devices = new Map(
      Object.entries(site.devices).map(([id, { bus, unit }]) => [id, { bus, unit, made: null }]),
    );
    this.#byName = uniqueNames(site);
    this.#byPlace = new Map(
      [...this.#devices].map(([id, { bus, unit }]) => [`${bus}\n${unit}`, id]),
    );
  }

  /** `present`: the device that the point has in the site; null: it is a new point. */
  deviceOf(point: SheetPoint, present: string | null): Result<string, Refused> {
    const named = this.#named(point.device);
    if (named !== undefined) return this.#agreed(point, named);
    if (point.unitId !== undefined) {
      const bus = this.#busOf(point);
      return bus.ok ? this.#placed(point, bus.value, point.unitId) : bus;
    }
    if (point.device !== undefined) {
      const near = suggester(this.#devices.keys())(point.device);
      return fail(unknownDevice(point.at, point.device, near));
    }
    return point.bus === undefined && present !== null ? ok(present) : fail(noDevice(point.at));
  }

  /** Buses and devices made for these tags. */
  made(tags: ReadonlySet<string>): {
    readonly edits: readonly Edit[];
    readonly changes: readonly Change[];
  } {
    const isUsed = (one: Made | null): one is Made =>
      one !== null && [...one.tags].some((tag) => tags.has(tag));
    const buses = [...this.#buses.values()].filter(isUsed);
    const devices = [...this.#devices.values()].map(({ made }) => made).filter(isUsed);
    const set = (section: string, { id, fields }: Made): Edit => ({
      ...{ do: "set", path: [section, id], value: fields },
    });
    return {
      edits: [
        ...buses.map((one) => set("buses", one)),
        ...devices.map((one) => set("devices", one)),
      ],
      changes: [
        ...buses.map((one) => offer("bus", one)),
        ...devices.map((one) => offer("device", one)),
      ],
    };
  }

  #named(device: string | undefined): string | undefined {
    if (device === undefined) return undefined;
    return this.#devices.has(device) ? device : this.#byName.get(device);
  }

  #agreed(point: SheetPoint, named: string): Result<string, Refused> {
    const known = this.#devices.get(named);
    const isBus = point.bus === undefined || this.#hostBus(point.bus) === known?.bus;
    const isUnit = point.unitId === undefined || point.unitId === known?.unit;
    if (!isBus || !isUnit) return fail(otherPlace(point.at, named, known));
    known?.made?.tags.add(point.tag);
    return ok(named);
  }

  /** The bus that a name or an address of a device stands for; the text itself when there is none. */
  #hostBus(text: string): string {
    const host = this.#buses.has(text) ? null : hostOf(text);
    if (host === null) return text;
    const isThere = (one: Site["buses"][string]): boolean =>
      one.type === "modbus-tcp" && one.host === host.host && one.port === host.port;
    const [known] = Object.entries(this.#site.buses).find(([, one]) => isThere(one)) ?? [];
    return known ?? (host.port === 502 ? host.host : `${host.host}-${host.port}`);
  }

  #busOf({ bus, tag, at }: SheetPoint): Result<string, Refused> {
    if (bus === undefined) {
      const [only, second] = this.#buses.keys();
      return only !== undefined && second === undefined ? ok(only) : fail(noBus(at));
    }
    const id = this.#hostBus(bus);
    const host = hostOf(bus);
    if (!this.#buses.has(id)) {
      if (host === null) return fail(unknownBus(at, bus, suggester(this.#buses.keys())(bus)));
      const port = host.port === 502 ? {} : { port: host.port };
      const fields = { type: "modbus-tcp", host: host.host, ...port };
      this.#buses.set(id, { id, at, fields, tags: new Set() });
    }
    this.#buses.get(id)?.tags.add(tag);
    return ok(id);
  }

  #placed(point: SheetPoint, bus: string, unit: number): Result<string, Refused> {
    const id = this.#byPlace.get(`${bus}\n${unit}`);
    if (id === undefined) return this.#make(point, bus, unit);
    // A list may call a device otherwise than the site file does.
    this.#devices.get(id)?.made?.tags.add(point.tag);
    return ok(id);
  }

  #make({ device, at, tag }: SheetPoint, bus: string, unit: number): Result<string, Refused> {
    const isId = device !== undefined && idPattern.test(device);
    const id = isId ? device : `${bus}-${unit}`.slice(-64);
    if (this.#devices.has(id)) return fail(otherPlace(at, id, this.#devices.get(id)));
    const name = device !== undefined && !isId ? { name: device } : {};
    const made = { id, at, fields: { ...name, bus, unit }, tags: new Set([tag]) };
    this.#devices.set(id, { bus, unit, made });
    this.#byPlace.set(`${bus}\n${unit}`, id);
    return ok(id);
  }
}

function offer(what: "bus" | "device", { id, at, fields }: Made): Change {
  return {
    ...{ kind: "add", what, id, at },
    fields: Object.entries(fields).map(([field, after]) => ({ field, before: undefined, after })),
  };
}

/** Names for people that only one device has. */
function uniqueNames(site: Site): ReadonlyMap<string, string> {
  const owners = Map.groupBy(Object.entries(site.devices), ([, { name }]) => name ?? "");
  return new Map(
    [...owners].flatMap(([name, [first, second]]) =>
      first !== undefined && second === undefined && name !== "" ? [[name, first[0]]] : [],
    ),
  );
}

/** `192.168.1.20` or `192.168.1.20:1502`. */
function hostOf(text: string): { readonly host: string; readonly port: number } | null {
  const [, host, port = "502"] = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(text) ?? [];
  return host === undefined ? null : { host, port: Number(port) };
}

function noDevice(at: string): Refused {
  return {
    at,
    what: word("没有写是哪台设备", "which device it is in is not written"),
    cure: word(
      "写设备, 或总线和从站地址; 同上的也要写, 或合并单元格",
      "write the device, or bus and unit id; repeat it in each row, or merge the cells",
    ),
  };
}

function unknownDevice(at: string, device: string, near: string | null): Refused {
  return {
    at,
    what: word(`站点文件里没有设备 "${device}"`, `the site file has no device "${device}"`),
    cure:
      near === null
        ? word("加上总线和从站地址, 会新建它", "add its bus and unit id: it will be made")
        : word(
            `您是否想写 "${near}"? 新设备要写总线和从站地址`,
            `did you mean "${near}"? A new one needs bus and unit id`,
          ),
  };
}

function noBus(at: string): Refused {
  return {
    at,
    what: word("有从站地址, 但没有写总线", "there is a unit id, but no bus"),
    cure: word("加一列总线", "add a column with the bus"),
  };
}

function unknownBus(at: string, bus: string, near: string | null): Refused {
  return {
    at,
    what: word(`站点文件里没有总线 "${bus}"`, `the site file has no bus "${bus}"`),
    cure:
      near === null
        ? word(
            "先在站点文件的 buses 里写上它 (串口参数无法从表中得知)",
            "write it into `buses` of the site file first (a list does not hold serial settings)",
          )
        : word(`您是否想写 "${near}"?`, `did you mean "${near}"?`),
  };
}

function otherPlace(
  at: string,
  id: string,
  known: { readonly bus: string; readonly unit: number } | undefined,
): Refused {
  return {
    at,
    what: word(
      `设备 "${id}" 已在总线 ${known?.bus} 从站 ${known?.unit}, 表中不同`,
      `device "${id}" is unit ${known?.unit} on bus ${known?.bus}; the sheet says otherwise`,
    ),
    cure: word("改正表, 或在站点文件里改设备", "correct the sheet, or the device in the site file"),
  };
}
