/**
 * The load plant as a process of its own, so that its cost is not the agent's. Talks in JSON lines:
 * in: the size, then "status", "reset" or "stop"; out: one answer to each. The end of input ends it.
 */

import { createInterface } from "node:readline";
import { createRealClock } from "../../../agent/realClock.ts";
import { startLoadPlant } from "../../../agent/sim/plant/loadPlant.ts";
import { JitterGauge } from "./jitter.ts";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done !== true) {
  const size = JSON.parse(first.value);
  const gauge = new JitterGauge(size.ports * size.unitsPerPort, size.periodMs ?? 1_000);
  await using plant = await startLoadPlant({
    ...size,
    clock: createRealClock(),
    onRead: (unit, address, nowMs) => gauge.read(unit, address, nowMs),
  });
  answer({ ports: plant.ports, size: plant.size });
  for (;;) {
    const order = await lines.next();
    if (order.done === true || order.value === "stop") break;
    if (order.value === "reset") {
      plant.reset();
      gauge.reset();
    }
    const { user, system } = process.cpuUsage();
    answer({
      ...plant.status(),
      tick: plant.tick(),
      jitter: gauge.spread(),
      cpuS: (user + system) / 1e6,
    });
  }
}

function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
