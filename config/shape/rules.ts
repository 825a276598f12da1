/** Rules over several points: forecasts, deviations, level drops, corroborated alarms, suppression by design. */

import { z } from "zod";
import { says } from "./says.ts";

export const rules = z
  .record(z.string(), z.strictObject({}))
  .describe(says("多测点规则", "rules over several points"));
