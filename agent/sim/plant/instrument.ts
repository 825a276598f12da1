/** What a measuring point of the simulated plant is: the shape. Types only. */

import type { Point, Register } from "../../../config/site.ts";
import type { RegisterTable } from "../../../drivers/contract.ts";
import type { PlantState } from "./physics.ts";
import type { Words } from "./tankFarm.ts";

export interface RegisterSpec {
  readonly table: RegisterTable;
  /** 0-based, as on the wire. */
  readonly address: number;
  readonly type: Register["type"];
  readonly order?: "ABCD" | "CDAB";
  /** Number of decimals, told by the device at this address. */
  readonly decimalsAt?: number;
  readonly status?: {
    readonly address: number;
    readonly rules: readonly {
      readonly bit?: number;
      readonly equals?: number;
      readonly quality: string;
    }[];
  };
  readonly sentinels?: readonly number[];
}

/** How the number on the wire follows from the value. */
export type ScaleSpec =
  | { readonly kind: "plain" }
  | { readonly kind: "factor"; readonly factor: number }
  | { readonly kind: "decimals"; readonly decimals: number }
  /** Counts at 4 and at 20 mA, and the converter's own ends. */
  | {
      readonly kind: "loop";
      readonly counts: readonly [number, number];
      readonly clamp: readonly [number, number];
    };

export interface LimitSpec {
  readonly ll?: number;
  readonly l?: number;
  readonly h?: number;
  readonly hh?: number;
  readonly gas1?: number;
  readonly gas2?: number;
  readonly deadband?: number;
  /** Of L and H only: HH, LL and gas must not wait. */
  readonly onDelay?: string;
  readonly priorityOfH?: number;
  /** Tells beforehand when a limit is near at the present rate. */
  readonly isForecast?: boolean;
  /** Unmoved for so long, nobody should believe it. */
  readonly frozen?: string;
}

export interface Instrument {
  readonly tag: string;
  readonly tank: string | null;
  readonly device: string;
  readonly name: Words;
  readonly kind: Point["kind"];
  /** Formula of a toxic gas. */
  readonly gas?: string;
  readonly unit: string;
  readonly range: readonly [number, number];
  readonly decimals: number;
  readonly register: RegisterSpec;
  readonly scale: ScaleSpec;
  readonly every: string;
  /** None: every sample is a record. */
  readonly report?: { readonly deadband: number; readonly max: string };
  readonly limits?: LimitSpec;
  /** Standard deviation of the sensor's noise, in units. */
  readonly noise: number;
  measure(state: PlantState): number;
}
