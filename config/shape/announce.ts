/** Where alarms are announced beyond the page. */

import { z } from "zod";
import { says } from "./says.ts";

export const announce = z
  .record(z.string(), z.strictObject({ type: z.literal("webhook"), url: z.string() }))
  .describe(says("页面之外的报警通知", "where alarms are announced beyond the page"));
