/** The site's lines and devices, opened but silent: who can be asked what, and how answers become readings. */

import { atOnceOn } from "../config/connections.ts";
import type { Bus, Point, Site } from "../config/site.ts";
import type { BusId } from "../config/words/names.ts";
import { invariant } from "../config/words/result.ts";
import type { Clock } from "../config/words/time.ts";
import type { Driver, Line, ModbusIo, Question } from "../drivers/contract.ts";
import { askTogether } from "../drivers/lines/together.ts";
import { openDriver, openLine } from "../drivers/registry.ts";
import type { Asked, AskTogether } from "./acquire/lineLoop.ts";
import { createNormaliser, type Normaliser } from "./normalise/normalise.ts";
import type { ListedDevice, PointList } from "./pointList.ts";

export interface FieldLine {
  readonly id: BusId;
  readonly bus: Bus;
  readonly asked: readonly Asked[];
  /** Absent: it carries one question at a time. */
  readonly together?: AskTogether | undefined;
}

export interface Field extends AsyncDisposable {
  readonly lines: readonly FieldLine[];
  /** By `Asked.key`. */
  readonly normalisers: readonly Normaliser[];
}

/** No byte is sent here. Devices without points are left out. */
export function openField(options: {
  readonly site: Site;
  readonly list: PointList;
  readonly clock: Clock;
  readonly random: () => number;
}): Field {
  const { site, list, clock, random } = options;
  const opened: (Line<ModbusIo> | Driver)[] = [];
  const normalisers: Normaliser[] = [];

  const asked = (driver: Driver, question: Question): Asked => {
    const points = question.points.flatMap((id) => list.points[list.position(id)] ?? []);
    const length = normalisers.push(
      createNormaliser(
        Uint32Array.from(points, (point) => point.position),
        points.map((point) => point.settings),
      ),
    );
    const isHazard = points.some(({ settings }) => isHazardPoint(settings));
    return { key: length - 1, question, device: driver.device, isHazard };
  };

  const byBus = Map.groupBy(list.devices, (device) => device.bus);
  const lines = [...byBus].map(([id, devices]): FieldLine => {
    const bus = site.buses[id];
    invariant(bus !== undefined, `bus "${id}" is not of this site`);
    const line = openLine({ bus, tools: { clock, random } });
    const drivers = devices
      .filter((device) => device.points.length > 0)
      .map((device) => openDevice({ device, bus, line, clock }));
    opened.push(...drivers, line);
    const questions = drivers.flatMap((driver) =>
      driver.questions.map((question) => asked(driver, question)),
    );
    return { id, bus, asked: questions, together: togetherOn(bus, line) };
  });

  return {
    lines,
    normalisers,
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
    },
  };
}

function togetherOn(bus: Bus, line: Line<ModbusIo>): AskTogether | undefined {
  const most = atOnceOn(bus);
  if (most === 1) return undefined;
  return {
    most,
    ask(questions, options) {
      const together = questions.flatMap(({ direct, readMsMax }) =>
        direct === undefined ? [] : [{ direct, readMsMax }],
      );
      return askTogether(line, together, options);
    },
  };
}

function openDevice(parts: {
  readonly device: ListedDevice;
  readonly bus: Bus;
  readonly line: Line<ModbusIo>;
  readonly clock: Clock;
}): Driver {
  const { device, bus, line, clock } = parts;
  return openDriver({
    device: device.id,
    settings: device.settings,
    points: device.points.map(({ id, settings }) => ({ id, settings })),
    bus,
    tools: { line, clock },
  });
}

/** Gas, oxygen, and whatever has a HH or LL limit goes before routine points. */
export function isHazardPoint({ kind, limits }: Point): boolean {
  return (
    kind.startsWith("gas-") ||
    kind === "oxygen" ||
    limits?.hh !== undefined ||
    limits?.ll !== undefined
  );
}
