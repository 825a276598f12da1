/** The naive baseline as a process: stock modbus-serial on its buffered RTU port, one unit after the other. */

import modbusSerial from "modbus-serial";
import { settingsOf, sleep } from "../measure/child.ts";
import { type MasterCounts, type MasterSettings, wordOf } from "./lineShape.ts";

const { link, baud, units, registers, timeoutMs, everyMs } = settingsOf<MasterSettings>();
const counts = { good: 0, wrong: 0, failed: 0 } satisfies MasterCounts;
process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});

const client = new modbusSerial.default();
await client.connectRTUBuffered(link, { baudRate: baud });
client.setTimeout(timeoutMs);
for (let nextMs = performance.now(); ; nextMs += everyMs) {
  const now = performance.now();
  if (nextMs > now) await sleep(nextMs - now);
  else nextMs = now;
  for (const unit of units) {
    client.setID(unit);
    try {
      const { data } = await client.readHoldingRegisters(0, registers);
      if (data.every((word, address) => word === wordOf(unit, address))) counts.good += 1;
      else counts.wrong += 1;
    } catch {
      counts.failed += 1;
    }
  }
}
