/** The peer Node-RED with its Modbus nodes: block reads, floats decoded in function nodes. Values are not checked. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "../measure/child.ts";
import type { SectionOptions } from "../section.ts";
import { type Contender, unchecked } from "./contenders.ts";
import { floatsPerRequest } from "./fieldShape.ts";
import type { PolledPlant } from "./polledSite.ts";

const packages = ["node-red@4.1.8", "node-red-contrib-modbus@5.23.3"];
/** Kept between runs. */
const home = join(import.meta.dirname, "../../../var/bench-peers/node-red");
const program = join(home, "node_modules/node-red/red.js");

export function nodeRed({ withPeers }: SectionOptions): Contender | { readonly missing: string } {
  if (!existsSync(program) && withPeers) install();
  if (!existsSync(program)) {
    return { missing: `Node-RED: ${packages.join(" and ")} are not installed (--with-peers)` };
  }
  return {
    id: "node-red",
    name: "Node-RED, contrib-modbus, no store",
    windowMs: 5_000,
    quickWindowMs: 2_000,
    warmUpMs: 15_000,
    async start(field) {
      writeFileSync(join(field.dir, "flows.json"), JSON.stringify(flow(field)));
      writeFileSync(join(field.dir, "settings.cjs"), settingsText(field.dir));
      const words = [program, "-s", join(field.dir, "settings.cjs"), "-u", field.dir];
      const running = startProgram(process.execPath, words);
      return { pid: running.pid, finish: () => unchecked(running) };
    },
  };
}

function install(): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  const words = ["install", "--no-audit", "--no-fund", "--prefix", home, ...packages];
  spawnSync("npm", words, { stdio: ["ignore", "ignore", "inherit"] });
}

function settingsText(dir: string): string {
  const settings = {
    uiHost: "127.0.0.1",
    httpAdminRoot: false,
    httpNodeRoot: false,
    uiPort: 0,
    flowFile: "flows.json",
    userDir: dir,
    nodesDir: [join(home, "node_modules/node-red-contrib-modbus")],
    logging: { console: { level: "error", metrics: false, audit: false } },
  };
  return `module.exports = ${JSON.stringify(settings)};\n`;
}

const decode = `const bytes = msg.responseBuffer.buffer;
const values = [];
for (let i = 0; i + 4 <= bytes.length; i += 4) values.push(bytes.readFloatBE(i));
flow.set(msg.topic, values);
return null;`;

function flow({ shape, ports }: Pick<PolledPlant, "shape" | "ports">): object[] {
  const nodes: object[] = [{ id: "tab", type: "tab", label: "bench", disabled: false, info: "" }];
  for (const [port, tcpPort] of ports.entries()) {
    nodes.push(clientNode(`client${port}`, tcpPort));
    for (let unit = 1; unit <= shape.unitsPerPort; unit += 1) {
      for (let from = 0; from < shape.floatsPerUnit; from += floatsPerRequest) {
        const count = Math.min(floatsPerRequest, shape.floatsPerUnit - from);
        nodes.push(...readNodes({ port, unit, from, count }));
      }
    }
  }
  return nodes;
}

function clientNode(id: string, tcpPort: number): object {
  return {
    id,
    type: "modbus-client",
    // Not the id: a node that names itself is taken for a circle.
    name: "",
    clienttype: "tcp",
    bufferCommands: true,
    stateLogEnabled: false,
    queueLogEnabled: false,
    failureLogEnabled: false,
    tcpHost: "127.0.0.1",
    tcpPort: String(tcpPort),
    tcpType: "DEFAULT",
    serialAsciiResponseStartDelimiter: "0x3A",
    unit_id: "1",
    commandDelay: "1",
    clientTimeout: "1000",
    reconnectOnTimeout: true,
    reconnectTimeout: "2000",
    parallelUnitIdsAllowed: true,
    showErrors: false,
    showWarnings: false,
    showLogs: false,
  };
}

function readNodes(at: {
  readonly port: number;
  readonly unit: number;
  readonly from: number;
  readonly count: number;
}): object[] {
  const name = `p${at.port}u${at.unit}f${at.from}`;
  return [
    {
      id: `read-${name}`,
      type: "modbus-read",
      z: "tab",
      name,
      topic: name,
      showStatusActivities: false,
      logIOActivities: false,
      showErrors: false,
      showWarnings: false,
      unitid: String(at.unit),
      dataType: "HoldingRegister",
      adr: String(at.from * 2),
      quantity: String(at.count * 2),
      rate: "1",
      rateUnit: "s",
      delayOnStart: false,
      startDelayTime: "",
      server: `client${at.port}`,
      useIOFile: false,
      ioFile: "",
      useIOForPayload: false,
      emptyMsgOnFail: false,
      wires: [[`decode-${name}`], []],
    },
    {
      id: `decode-${name}`,
      type: "function",
      z: "tab",
      name,
      func: decode,
      outputs: 1,
      noerr: 0,
      initialize: "",
      finalize: "",
      libs: [],
      wires: [[]],
    },
  ];
}
