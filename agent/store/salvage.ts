/** One salvage after the other, in small steps beside the work of the day, until every archive is carried over. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "../../config/words/result.ts";
import type { StorageTrouble } from "./journalError.ts";
import { SalvageJob, type SalvageTools, type When } from "./salvageJob.ts";
import { salvagedSuffix } from "./salvageStart.ts";
import { openSalvageTable } from "./salvageTable.ts";

export interface Salvage {
  /** One small step; true: there is more to do. */
  step(when: When): Result<boolean, StorageTrouble>;
}

export function createSalvage(
  options: Omit<SalvageTools, "table"> & { readonly folder: string },
): Salvage {
  const { tables, folder } = options;
  const table = openSalvageTable(tables.db);
  let job: SalvageJob | null = null;
  let isIdle = false;

  const begin = (): SalvageJob | null => {
    for (const row of table.all()) {
      const path = join(folder, row.name);
      // Somebody may have taken the file away: then all of it is lost.
      if (row.state.phase !== "done" && !existsSync(path)) writeFileSync(path, "");
      if (row.state.phase !== "done") return new SalvageJob({ ...options, table }, { row, path });
      tellDone(path);
    }
    return null;
  };

  return {
    step(when) {
      if (isIdle) return ok(false);
      job ??= begin();
      if (job === null) {
        isIdle = true;
        return ok(false);
      }
      const done = job.step(when);
      if (!done.ok) return done;
      if (job.isDone) {
        job[Symbol.dispose]();
        tellDone(job.path);
        job = null;
      }
      return ok(true);
    },
  };
}

/** Also for a later journal, should this one be damaged too. */
function tellDone(path: string): void {
  const note = path + salvagedSuffix;
  if (existsSync(path) && !existsSync(note)) writeFileSync(note, "");
}
