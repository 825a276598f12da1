/** The tables of the simulated plant's manual page, made from the plant itself. */

import { devices } from "../../agent/sim/plant/devices.ts";
import type { Instrument, LimitSpec } from "../../agent/sim/plant/instrument.ts";
import { instruments } from "../../agent/sim/plant/instruments.ts";
import { scenarios } from "../../agent/sim/plant/scenarios.ts";

export function deviceTable(): string {
  const rows = devices.map(({ id, line, unit, name, spans, maxRegisters }) => {
    const places = spans.map(({ table, first, last }) => `${table} ${first}..${last}`).join(", ");
    return `| \`${id}\` | ${line} | ${unit} | ${name.en} | ${places} | ${maxRegisters} |`;
  });
  return [
    "| Device | Line | Unit | What | Registers that exist | Most at once |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

export function pointTable(): string {
  const rows = instruments.map((one) => {
    const cells = [
      one.tag,
      `\`${one.device}\``,
      `${one.register.table} ${one.register.address}`,
      wireText(one),
      `${one.range[0]}..${one.range[1]} ${one.unit}`.trim(),
      limitText(one.limits ?? {}),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| Tag | Device | Register | On the wire | Range | Limits |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

export function scenarioTable(): string {
  const rows = scenarios.map(({ name, target, normalTarget, amount, tells }) => {
    const strength =
      amount === null
        ? "-"
        : `${amount.what.en}, ${amount.min}..${amount.max} ${amount.unit} (${amount.normal})`;
    return `| \`${name}\` | ${target} (${normalTarget}) | ${strength.replace("  ", " ")} | ${tells.en} |`;
  });
  return [
    "| Name | Target (default) | Amount (default) | Effect |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function wireText({ register, scale }: Instrument): string {
  const order = register.order === undefined ? "" : ` ${register.order}`;
  const status = register.status === undefined ? "" : `, status at ${register.status.address}`;
  return `${register.type}${order}${scaleText(scale, register.decimalsAt)}${status}`;
}

function scaleText(scale: Instrument["scale"], decimalsAt: number | undefined): string {
  switch (scale.kind) {
    case "plain":
      return "";
    case "factor":
      return ` x ${scale.factor}`;
    case "decimals":
      return `, decimals at ${decimalsAt}`;
    case "loop":
      return `, 4-20 mA = ${scale.counts.join("..")}`;
  }
}

function limitText(limits: LimitSpec): string {
  const names = { ll: "LL", l: "L", h: "H", hh: "HH", gas1: "GAS1", gas2: "GAS2" } as const;
  return Object.entries(names)
    .flatMap(([key, name]) => {
      const at = limits[key as keyof typeof names];
      return at === undefined ? [] : [`${name} ${Number(at.toPrecision(9))}`];
    })
    .join(", ");
}
