/** The box's clock: who keeps it, and how far it may be off. */

import { word } from "../../../config/words/bilingual.ts";
import type { Clock } from "../../../config/words/time.ts";
import { askSources } from "../../timekeeping/askSources.ts";
import type { Machine } from "../../timekeeping/machine.ts";
import { clockStateOf, roundedMs } from "../../timekeeping/timeSource.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

/** No box is older than the program that runs on it. */
const builtAfterMs = Date.UTC(2026, 0, 1);

export async function lookAtClock(
  tools: { readonly clock: Clock; readonly machine: Machine; readonly signal: AbortSignal },
  tell: Tell,
): Promise<void> {
  const { well, doubtful, bad } = findingsOf("clock", tell);
  const { wallMs } = tools.clock.now();
  const time = new Date(wallMs).toISOString();
  if (wallMs < builtAfterMs) {
    bad(
      word(
        `时钟是 ${time}: 掉电后没有恢复 (RTC 电池?)`,
        `the clock says ${time}: it did not survive a power cut (battery of the RTC?)`,
      ),
      command("sudo timedatectl set-ntp true"),
    );
    return;
  }
  const answer = await askSources(tools.machine, tools.signal);
  if (answer === null) {
    doubtful(
      word(
        `${time}: 没有程序校时, 记录会标为时钟未知`,
        `${time}: nothing keeps the clock; records will say that it is unknown`,
      ),
      command("sudo apt-get install chrony"),
    );
    return;
  }
  const { state, source, offsetMs } = clockStateOf(answer, 0);
  const off = offsetMs === null ? "" : `, ${roundedMs(offsetMs)} ms`;
  if (state === "synchronised")
    well(`${time}: 已由 ${source} 校准${off}`, `${time}: kept by ${source}${off}`);
  else {
    doubtful(
      word(`${time}: ${source} 还没有校准${off}`, `${time}: ${source} has not set it yet${off}`),
      command(source === "chrony" ? "chronyc sources -v" : "timedatectl timesync-status"),
    );
  }
}
