/** The cameras of the simulated plant, all on loopback. */

import type { Clock } from "../../../config/words/time.ts";
import type { Words } from "../plant/tankFarm.ts";
import { canMakeFilms } from "./film.ts";
import { type CameraFault, type SimCamera, startSimCamera } from "./simCamera.ts";

export interface SimCameraSpec {
  readonly id: string;
  readonly name: Words;
  readonly place: "tank-farm" | "gate" | "control-room";
  /** Tanks that it sees. */
  readonly tanks: readonly string[];
  /** 20 digits, as the authority numbers cameras (made up). */
  readonly code: string;
}

export const simCameraSpecs: readonly SimCameraSpec[] = [
  spec(1, "东侧 1、2 号罐", "east side, tanks 1 and 2", ["T-101", "T-102"]),
  spec(2, "南侧 3、4 号罐", "south side, tanks 3 and 4", ["T-103", "T-104"]),
  spec(3, "西侧 5、6 号罐和污水池", "west side, tanks 5 and 6, sump", ["T-105", "T-106", "S-201"]),
  { ...spec(4, "厂区大门", "gate", []), place: "gate" },
];

export interface SimCameras extends AsyncDisposable {
  readonly all: readonly { readonly spec: SimCameraSpec; readonly camera: SimCamera }[];
  /** False: there is no such camera. */
  set(id: string, fault: CameraFault | null): boolean;
}

/** Pictures at once; streams, where the machine has ffmpeg, some seconds later. */
export async function startSimCameras(options: {
  readonly host: string;
  readonly seed: number;
  readonly clock: Clock;
}): Promise<SimCameras> {
  const { host, seed, clock } = options;
  const hasStream = await canMakeFilms();
  const all = await Promise.all(
    simCameraSpecs.map(async (one, i) => ({
      spec: one,
      camera: await startSimCamera({ host, number: i + 1, seed: seed + i, clock, hasStream }),
    })),
  );
  let isEnding = false;
  // One after another: the plant beside them must not starve.
  const coding = (async () => {
    for (const { camera } of all) if (!isEnding) await camera.codeStream();
  })();
  return {
    all,
    set(id, fault) {
      const found = all.find((one) => one.spec.id === id);
      found?.camera.set(fault);
      return found !== undefined;
    },
    async [Symbol.asyncDispose]() {
      isEnding = true;
      await coding;
      await Promise.all(all.map(({ camera }) => camera[Symbol.asyncDispose]()));
    },
  };
}

function spec(number: number, zh: string, en: string, tanks: readonly string[]): SimCameraSpec {
  return {
    ...{
      id: `CAM-${String(number).padStart(2, "0")}`,
      name: { zh, en },
      place: "tank-farm",
      tanks,
    },
    code: `4419000000132000${String(number).padStart(4, "0")}`,
  };
}
