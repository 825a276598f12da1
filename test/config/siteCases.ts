/** A site without any fault, and single changes to it. */

import { Document, visit } from "yaml";
import type { Fault } from "../../config/faults/fault.ts";
import { faultsOf, marked } from "./exampleSite.ts";

/** Paths with dots -> new values; undefined deletes. */
export type Changes = Readonly<Record<string, unknown>>;
export type Case = readonly [name: string, changes: Changes, code: string, markedText: string];

export function goodSite(): Record<string, unknown> {
  return {
    site: { id: "s", name: "某厂", hazards: [{ id: "HZ-1", name: "罐区" }] },
    buses: {
      B1: { type: "modbus-tcp", host: "10.0.0.1" },
      S1: { type: "modbus-rtu", port: "/dev/ttyS1" },
    },
    devices: {
      D1: { bus: "B1", unit: 1 },
      D2: { bus: "B1", unit: 2 },
      D3: { bus: "S1", unit: 1 },
    },
    points: {
      L: {
        device: "D1",
        register: { address: 0, type: "float32" },
        kind: "level",
        range: [0, 100],
      },
      M: { device: "D1", register: { address: 20 }, kind: "flow", range: [0, 100] },
      T: { device: "D2", register: { address: 0 }, kind: "temperature", range: [0, 100] },
      G: {
        device: "D3",
        register: { address: 0 },
        kind: "gas-combustible",
        unit: "%LEL",
        range: [0, 100],
        limits: { gas1: 25, gas2: 50 },
      },
      H: {
        device: "D3",
        register: { address: 1 },
        kind: "gas-toxic",
        gas: "H2S",
        unit: "mg/m3",
        range: [0, 100],
        limits: { gas1: 10, gas2: 20 },
      },
      O: {
        device: "D3",
        register: { address: 2 },
        kind: "oxygen",
        unit: "%vol",
        range: [0, 30],
        limits: { l: 19.5, h: 23.5 },
      },
    },
    tanks: { V: { name: "V", hazard: "HZ-1", points: ["L"] } },
    uplinks: {
      platform: {
        type: "mqtt",
        url: "mqtts://h:8883",
        username: "s",
        passwordFile: "/p",
        tls: { cert: "/c", key: "/k" },
      },
    },
    journal: { maxSize: "8GiB" },
  };
}

export function changed(changes: Changes): string {
  const site = goodSite();
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let at: Record<string, unknown> = site;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  const document = new Document(site, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      list.flow = true;
    },
  });
  return document.toString({ flowCollectionPadding: true, lineWidth: 0 });
}

export function judge(changes: Changes): {
  readonly faults: readonly Fault[];
  readonly marks: readonly string[];
} {
  const text = changed(changes);
  const faults = faultsOf(text);
  return { faults, marks: faults.map((fault) => marked(text, fault)) };
}
