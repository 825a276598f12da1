/** The troubles a newcomer can try in the demo: those of the simulated plant, its cameras, and a failed broker. */

import type { CameraFault } from "../sim/cameras/simCamera.ts";
import type { SimCameras } from "../sim/cameras/simCameras.ts";
import type { Plant } from "../sim/plant/plant.ts";
import type { Platform } from "../sim/platform/platform.ts";

export interface DemoScenario {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly isRunning: boolean;
}

export interface DemoScenarios {
  list(): readonly DemoScenario[];
  /** False: no scenario of that name. */
  start(name: string): Promise<boolean>;
  stop(name: string): Promise<boolean>;
}

export const brokerDown = "broker-down";

/** In this order on the page's bar: what an officer would want to see first. */
const shown = ["gas-leak", "overfill", "dead-slave", "frozen-sensor", "broken-loop", "line-down"];

const cameraScenarios: readonly (DemoTrouble & { readonly fault: CameraFault })[] = [
  {
    ...{ name: "camera-frozen", fault: "frozen" },
    zh: "摄像机画面静止：连接和视频流都正常，一分钟后报警",
    en: "a camera's picture stands still, its stream goes on: an alarm within a minute",
  },
  {
    ...{ name: "camera-black", fault: "black" },
    zh: "摄像机黑屏（镜头被遮）",
    en: "a camera shows black: its lens is covered",
  },
  {
    ...{ name: "camera-dead", fault: "dead" },
    zh: "摄像机断电，不再应答",
    en: "a camera loses power and answers no more",
  },
];
/** The one that the camera scenarios befall: it sees the tanks of the gas leak. */
const troubledCamera = "CAM-02";

type DemoTrouble = Omit<DemoScenario, "isRunning">;

/** One trouble that can be begun and ended. */
interface Trouble extends DemoTrouble {
  isRunning(): boolean;
  begin(): Promise<boolean> | boolean;
  end(): Promise<void> | void;
}

export function demoScenarios(
  plant: Pick<Plant, "scenarios" | "active" | "start" | "stop">,
  platform: Pick<Platform, "outage">,
  cameras: Pick<SimCameras, "set">,
): DemoScenarios {
  const troubles = [...plantTroubles(plant), ...cameraTroubles(cameras), brokerTrouble(platform)];
  return {
    list: () =>
      troubles.map(({ name, zh, en, isRunning }) => ({ name, zh, en, isRunning: isRunning() })),
    async start(name) {
      const trouble = troubles.find((one) => one.name === name);
      return trouble !== undefined && (await trouble.begin());
    },
    async stop(name) {
      const trouble = troubles.find((one) => one.name === name);
      await trouble?.end();
      return trouble !== undefined;
    },
  };
}

function plantTroubles(
  plant: Pick<Plant, "scenarios" | "active" | "start" | "stop">,
): readonly Trouble[] {
  return shown
    .flatMap((name) => plant.scenarios.find((scenario) => scenario.name === name) ?? [])
    .map(({ name, tells }) => ({
      ...{ name, ...tells },
      isRunning: () => plant.active().some((one) => one.name === name),
      begin: () => plant.start(name).ok,
      end: () => void plant.stop(name),
    }));
}

/** One at a time: the camera can be in one trouble only. */
function cameraTroubles(cameras: Pick<SimCameras, "set">): readonly Trouble[] {
  let running: string | null = null;
  return cameraScenarios.map(({ name, fault, zh, en }) => ({
    ...{ name, zh, en },
    isRunning: () => running === name,
    begin() {
      running = name;
      return cameras.set(troubledCamera, fault);
    },
    end() {
      if (running !== name) return;
      running = null;
      cameras.set(troubledCamera, null);
    },
  }));
}

function brokerTrouble({ outage }: Pick<Platform, "outage">): Trouble {
  let isRunning = false;
  return {
    name: brokerDown,
    zh: "平台的消息代理停机：本机继续报警和存储，恢复后自动补传",
    en: "the platform's broker fails: the box goes on alarming and storing, and sends it all afterwards",
    isRunning: () => isRunning,
    async begin() {
      isRunning = true;
      await outage?.begin();
      return true;
    },
    async end() {
      await outage?.end();
      isRunning = false;
    },
  };
}
