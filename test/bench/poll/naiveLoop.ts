/** The naive baseline as a process: stock modbus-serial, one connection a port, blocks, once a second. */

import modbusSerial from "modbus-serial";
import { settingsOf } from "../measure/child.ts";
import { type FieldShape, floatsPerRequest, identityOf, isRight, tickAt } from "./fieldShape.ts";

const { shape, ports } = settingsOf<{ shape: FieldShape; ports: readonly number[] }>();
const counts = { checked: 0, wrong: 0, failed: 0 };
const newest = new Float64Array(shape.ports * shape.units * shape.floats);

async function poll(port: number, tcpPort: number): Promise<void> {
  const client = new modbusSerial.default();
  client.setTimeout(1_000);
  await client.connectTCP("127.0.0.1", { port: tcpPort });
  for (let nextMs = performance.now(); ; nextMs += 1_000) {
    await new Promise((resolve) => setTimeout(resolve, nextMs - performance.now()));
    for (let unit = 1; unit <= shape.units; unit += 1) {
      client.setID(unit);
      for (let from = 0; from < shape.floats; from += floatsPerRequest) {
        const count = Math.min(floatsPerRequest, shape.floats - from);
        try {
          take(port, unit, from, (await client.readHoldingRegisters(from * 2, count * 2)).buffer);
        } catch {
          counts.failed += 1;
        }
      }
    }
  }
}

function take(port: number, unit: number, from: number, bytes: Buffer): void {
  const tick = tickAt(Date.now());
  const base = (port * shape.units + unit - 1) * shape.floats + from;
  for (let i = 0; i * 4 < bytes.length; i += 1) {
    const value = bytes.readFloatBE(i * 4);
    newest[base + i] = value;
    if (!isRight(value, identityOf(port, unit, from + i), tick)) counts.wrong += 1;
  }
  counts.checked += bytes.length / 4;
}

process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});
await Promise.all(ports.map((tcpPort, port) => poll(port, tcpPort)));
