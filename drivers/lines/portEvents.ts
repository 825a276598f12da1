/** What a port tells its line, and what the line does: proves, or gives up, its connection. */

import type { PortEvents } from "../modbus/readPort.ts";
import type { Connection } from "./connection.ts";
import { Liveness } from "./liveness.ts";

/** `silence`: why a connection is given up on which nobody answers any more. */
export function portEvents(
  name: string,
  silence: string,
  connection: () => Connection,
): PortEvents {
  const liveness = new Liveness();
  return {
    answered() {
      liveness.answered();
      connection().proved();
    },
    silent(unit) {
      if (liveness.silent(unit)) connection().lost(`${name}: ${silence}`);
    },
    broken: (reason) => connection().lost(`${name}: ${reason}`),
  };
}
