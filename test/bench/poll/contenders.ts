/** Everybody who polls the same plant, each started as a process of its own. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Mosquitto, startMosquitto } from "../../fakes/mosquitto.ts";
import {
  type Helper,
  type Program,
  startHelper,
  startNode,
  startProgram,
  startSubject,
} from "../measure/child.ts";
import type { PlatformFindings } from "./platformProcess.ts";
import { type PolledPlant, polledSiteText } from "./polledSite.ts";

export interface PolledField extends Omit<PolledPlant, "brokerUrl"> {
  /** An empty folder for this contender. */
  readonly dir: string;
}

export interface Checked {
  /** Values looked at. */
  readonly checked: number;
  /** Values of another register, old ones, or none. */
  readonly wrong: number;
  readonly note?: string;
  /** A peer whose output nobody looks at: only what it asked for is counted. */
  readonly isUnchecked?: true;
}

export interface Running {
  readonly pid: number;
  /** Stops it; says what it, or the far end, saw. */
  finish(): Promise<Checked>;
}

export interface Contender {
  readonly id: string;
  readonly name: string;
  /** Whole rounds of its slowest rhythm. */
  readonly windowMs: number;
  readonly quickWindowMs: number;
  readonly warmUpMs: number;
  start(field: PolledField): Promise<Running>;
}

/** Periods are a second or a part of one. */
const wholeSeconds = { windowMs: 5_000, quickWindowMs: 2_000 };

interface LoopCounts {
  readonly checked: number;
  readonly wrong: number;
  readonly failed: number;
}

function loopFindings({ checked, wrong, failed }: LoopCounts): Checked {
  return failed === 0
    ? { checked, wrong }
    : { checked, wrong, note: `${failed} requests without an answer` };
}

/** Stops a peer; says why when it had ended before. */
export async function unchecked(peer: Program): Promise<Checked> {
  const note = peer.hasEnded ? { note: `it ended by itself: ${peer.lastWords()}` } : {};
  await peer.stop();
  return { checked: 0, wrong: 0, isUnchecked: true, ...note };
}

export function libmodbusLoop(program: string): Contender {
  return {
    id: "libmodbus",
    name: "C loop on libmodbus",
    ...wholeSeconds,
    warmUpMs: 1_500,
    async start({ shape, ports, originMs }) {
      const { unitsPerPort, floatsPerUnit, periodMs } = shape;
      const words = [unitsPerPort, floatsPerUnit, originMs, periodMs, ...ports].map(String);
      const subject = startSubject(program, words);
      return {
        pid: subject.pid,
        finish: async () => loopFindings((await subject.finish()) as LoopCounts),
      };
    },
  };
}

export const naiveLoop: Contender = {
  id: "naive",
  name: "naive Node loop, stock modbus-serial",
  ...wholeSeconds,
  warmUpMs: 4_000,
  async start({ shape, ports, originMs }) {
    const subject = startNode("poll/naiveLoop.ts", { shape, ports, originMs, brokerUrl: null });
    return {
      pid: subject.pid,
      finish: async () => loopFindings((await subject.finish()) as LoopCounts),
    };
  },
};

export const ownPath: Contender = {
  id: "path",
  name: "hazgate, polling path alone",
  ...wholeSeconds,
  warmUpMs: 5_000,
  async start({ shape, ports, originMs }) {
    const subject = startNode("poll/ownPath.ts", { shape, ports, originMs, brokerUrl: null });
    return {
      pid: subject.pid,
      finish: async () => loopFindings((await subject.finish()) as LoopCounts),
    };
  },
};

export const wholeAgent: Contender = {
  id: "agent",
  name: "hazgate, whole agent",
  // Readings are sealed and sent every 5 s: only whole fives compare.
  windowMs: 10_000,
  quickWindowMs: 5_000,
  warmUpMs: 12_000,
  async start({ shape, ports, originMs, dir }) {
    const broker = await brokerFor(dir, originMs);
    const siteFile = join(dir, "site.yaml");
    writeFileSync(siteFile, polledSiteText({ shape, ports, originMs, brokerUrl: broker.url }));
    const agent = startProgram(process.execPath, [
      join(import.meta.dirname, "../../../agent/hazgate.mjs"),
      ...["run", "--plain", "--config", siteFile, "--data", join(dir, "data")],
    ]);
    return {
      pid: agent.pid,
      async finish() {
        await using _ = broker;
        const code = await agent.stop();
        const { checked, wrong, ...rest } = await broker.platform.ask<PlatformFindings>("findings");
        const troubles = [
          ...(code === 0 ? [] : [`exit code ${code}: ${agent.lastWords()}`]),
          ...(rest.invalid > 0 ? [`${rest.invalid} invalid records`] : []),
          ...(rest.holes > 0 ? [`${rest.holes} records missing`] : []),
          ...(rest.declaredLost > 0 ? [`${rest.declaredLost} readings declared lost`] : []),
        ];
        const isWhole = troubles.length === 0;
        return {
          checked,
          wrong: isWhole ? wrong : wrong + 1,
          ...(isWhole ? {} : { note: troubles.join("; ") }),
        };
      },
    };
  },
};

interface BrokerAndPlatform extends AsyncDisposable {
  readonly url: string;
  readonly platform: Helper;
}

/** mosquitto where it is installed, else the platform's own broker. */
async function brokerFor(dir: string, originMs: number): Promise<BrokerAndPlatform> {
  const mosquitto = await startMosquitto().catch((): Mosquitto | null => null);
  const platform = startHelper("poll/platformProcess.ts", {
    dataDir: join(dir, "platform"),
    url: mosquitto?.url ?? null,
    groupMs: 100,
    originMs,
  });
  return {
    url: await platform.ask<string>("url"),
    platform,
    async [Symbol.asyncDispose]() {
      await platform[Symbol.asyncDispose]();
      await mosquitto?.[Symbol.asyncDispose]();
    },
  };
}
