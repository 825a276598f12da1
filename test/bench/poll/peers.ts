/** Other programs that poll Modbus, measured where they are installed. */

import type { SectionOptions } from "../section.ts";
import type { Contender } from "./contenders.ts";

export function collectd(_options: SectionOptions): Contender | { missing: string } {
  return { missing: "collectd: not installed (run with --with-peers)" };
}
export function nodeRed(_options: SectionOptions): Contender | { missing: string } {
  return { missing: "Node-RED: not installed (run with --with-peers)" };
}
