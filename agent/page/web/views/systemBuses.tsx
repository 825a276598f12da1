/** Every bus with its devices: who answers, who does not. */

import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { Standing } from "../parts/fact.tsx";
import { Table } from "../parts/table.tsx";
import { count } from "../words/measures.ts";
import { healthWord, systemWords } from "../words/system.ts";

type Bus = SystemView["buses"][number];

interface SystemBusesProps {
  readonly buses: readonly Bus[];
}

const columns = ["device", "health", "answers", "failures"] as const;

export function SystemBuses({ buses }: SystemBusesProps): VNode {
  return (
    <section class="panel system-part system-wide">
      <h2>{t(systemWords.buses)}</h2>
      <div class="system-buses">
        {buses.map((bus) => (
          <BusPart key={bus.id} bus={bus} />
        ))}
      </div>
    </section>
  );
}

function BusPart({ bus }: { readonly bus: Bus }): VNode {
  return (
    <div class="system-bus">
      <h3 class="row">
        {bus.id}
        <Standing state={bus.isDown ? "bad" : "well"}>
          {t(bus.isDown ? systemWords.busDown : systemWords.busUp)}
        </Standing>
        <span class="quiet">
          {t(systemWords.missed)} {count(bus.missed)}
        </span>
      </h3>
      <Table label={`${t(systemWords.bus)} ${bus.id}`}>
        <thead>
          <tr>
            {columns.map((one) => (
              <th
                key={one}
                scope="col"
                class={one === "answers" || one === "failures" ? "number" : ""}
              >
                {t(systemWords[one])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bus.devices.map((device) => (
            <tr key={device.id}>
              <th scope="row">{device.id}</th>
              <td>
                <Standing state={stateOf(device.health)}>{t(healthWord(device.health))}</Standing>
              </td>
              <td class="number tabular">{count(device.answers)}</td>
              <td class="number tabular">{count(device.failures)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function stateOf(health: string): "well" | "caution" | "bad" {
  if (health === "up") return "well";
  return health === "down" ? "bad" : "caution";
}
