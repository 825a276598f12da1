/** How one camera is, as others see it. Types only. */

import type { Word } from "../../config/words/bilingual.ts";
import type { Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import type { CameraError, StreamFormat } from "../../drivers/cameras/contract.ts";
import type { CameraFault } from "./faults.ts";
import type { Still } from "./lookAt.ts";
import type { OnlineShare } from "./onlineLedger.ts";

export interface CameraHealth {
  readonly id: string;
  readonly name: string;
  /** Of GB/T 28181; null: the site file has none. */
  readonly code: string | null;
  readonly place: string | null;
  readonly tanks: readonly string[];
  /** `starting`: not known yet. OFF: nothing comes from it. ON may still have faults. */
  readonly status: "starting" | "ON" | "OFF";
  /** Worst first; empty: it works. */
  readonly faults: readonly CameraFault[];
  /** The worst fault, or that it works. */
  readonly reason: Word;
  /** What was last seen of the trouble, for those who repair it; null: none. English. */
  readonly trouble: string | null;
  /** Of `status` and `reason`. */
  readonly since: Instant;
  /** Where the pictures come from that are judged. `none`: there is no way to see one on this box. */
  readonly pictures: "stream" | "snapshot" | "none";
  readonly lastPictureAt: Instant | null;
  readonly codec: StreamFormat["codec"] | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly kbps: number | null;
  /** Its clock minus ours; null: not known. */
  readonly clockOffsetMs: number | null;
  readonly today: OnlineShare;
  readonly month: OnlineShare;
}

/** The cameras as others see them. */
export interface Cameras {
  /** In the order of the site file. */
  health(): readonly CameraHealth[];
  /** A picture for people, now. Never throws; ends within seconds. */
  still(id: string, signal: AbortSignal): Promise<Result<Still, CameraError>>;
  /** What a camera shows from now on is its right view. False: there is no such camera. */
  learnViewAnew(id: string): boolean;
}
