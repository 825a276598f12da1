/** Makes the journal of a box whose uplink was down, as a process; prints its figures and ends. */

import { columnsOf, openFilling } from "../journal/filledEngine.ts";
import { settingsOf } from "../measure/child.ts";
import { type Backlog, backlogData, backlogStartMs } from "./backlog.ts";

const backlog = settingsOf<Backlog & { readonly file: string }>();
const data = backlogData(backlog);
using filling = openFilling({
  file: backlog.file,
  tags: backlog.tags,
  decimals: 1,
  uplink: "down",
  startWallMs: backlogStartMs,
});
for (let second = 0; second < backlog.seconds; second += 1) {
  filling.feed(columnsOf(data, second, backlogStartMs));
}
filling.close();
process.stdout.write(`${JSON.stringify({ readings: backlog.tags * backlog.seconds })}\n`);
