/** The naive baseline as a process: stock modbus-serial, one connection a port, blocks, period by period. */

import modbusSerial from "modbus-serial";
import { identityOf } from "../../../agent/sim/plant/telltale.ts";
import { settingsOf } from "../measure/child.ts";
import { floatsPerRequest, isRight, machineMs, tickAt } from "./fieldShape.ts";
import type { PolledPlant } from "./polledSite.ts";

const { shape, ports, originMs } = settingsOf<PolledPlant>();
const { unitsPerPort, floatsPerUnit } = shape;
const counts = { checked: 0, wrong: 0, failed: 0 };
const identities = Uint16Array.from(
  { length: shape.ports * unitsPerPort * floatsPerUnit },
  (_, index) => identityOf(index),
);
const newest = new Float64Array(identities.length);

async function poll(port: number, tcpPort: number): Promise<void> {
  const client = new modbusSerial.default();
  client.setTimeout(1_000);
  await client.connectTCP("127.0.0.1", { port: tcpPort });
  for (let nextMs = performance.now(); ; nextMs += shape.periodMs) {
    await new Promise((resolve) => setTimeout(resolve, nextMs - performance.now()));
    for (let unit = 1; unit <= unitsPerPort; unit += 1) {
      client.setID(unit);
      for (let from = 0; from < floatsPerUnit; from += floatsPerRequest) {
        const count = Math.min(floatsPerRequest, floatsPerUnit - from);
        try {
          const first = (port * unitsPerPort + unit - 1) * floatsPerUnit + from;
          take(first, (await client.readHoldingRegisters(from * 2, count * 2)).buffer);
        } catch {
          counts.failed += 1;
        }
      }
    }
  }
}

function take(first: number, bytes: Buffer): void {
  const tick = tickAt(machineMs(), originMs);
  for (let i = 0; i * 4 < bytes.length; i += 1) {
    const value = bytes.readFloatBE(i * 4);
    newest[first + i] = value;
    if (!isRight(value, identities[first + i] ?? -1, tick)) counts.wrong += 1;
  }
  counts.checked += bytes.length / 4;
}

process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});
await Promise.all(ports.map((tcpPort, port) => poll(port, tcpPort)));
