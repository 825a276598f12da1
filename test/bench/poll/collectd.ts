/** The peer collectd: its modbus plugin asks one request a value and knows no blocks. Values are not checked. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../measure/apt.ts";
import { startProgram } from "../measure/child.ts";
import type { SectionOptions } from "../section.ts";
import { type Contender, unchecked } from "./contenders.ts";
import type { PolledPlant } from "./polledSite.ts";

const program = "/usr/sbin/collectd";
const plugin = "/usr/lib/collectd/modbus.so";

export function collectd({ withPeers }: SectionOptions): Contender | { readonly missing: string } {
  const isThere = (): boolean => existsSync(program) && existsSync(plugin);
  if (!isThere() && withPeers) aptInstall("collectd-core", "libmodbus5");
  if (!isThere()) {
    return { missing: "collectd: Debian package collectd-core is not installed (--with-peers)" };
  }
  return {
    id: "collectd",
    name: "collectd, modbus plugin",
    windowMs: 5_000,
    quickWindowMs: 2_000,
    warmUpMs: 5_000,
    async start(field) {
      const file = join(field.dir, "collectd.conf");
      writeFileSync(file, configText(field, field.dir));
      const running = startProgram(program, ["-f", "-C", file]);
      return { pid: running.pid, finish: () => unchecked(running) };
    },
  };
}

function configText({ shape, ports }: Pick<PolledPlant, "shape" | "ports">, dir: string): string {
  const floats = Array.from({ length: shape.floatsPerUnit }, (_, index) => index);
  const units = Array.from({ length: shape.unitsPerPort }, (_, index) => index + 1);
  const data = floats.map(
    (index) =>
      `<Data "f${index}">\nRegisterBase ${index * 2}\nRegisterType Float\nRegisterCmd ReadHolding\n` +
      `Type gauge\nInstance "f${index}"\n</Data>`,
  );
  const collect = floats.map((index) => `Collect "f${index}"`).join("\n");
  const hosts = ports.map((port, host) => {
    const slaves = units.map(
      (unit) => `<Slave ${unit}>\nInstance "u${unit}"\n${collect}\n</Slave>`,
    );
    return `<Host "p${host}">\nAddress "127.0.0.1"\nPort "${port}"\nInterval 1\n${slaves.join("\n")}\n</Host>`;
  });
  return [
    'Hostname "bench"',
    "Interval 1",
    "ReadThreads 10",
    `BaseDir "${dir}"`,
    `PIDFile "${join(dir, "collectd.pid")}"`,
    "LoadPlugin modbus",
    "<Plugin modbus>",
    ...data,
    ...hosts,
    "</Plugin>",
    "",
  ].join("\n");
}
