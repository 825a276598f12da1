/** How alarms live: who must acknowledge, what may be shelved and how long. */

import { z } from "zod";
import { says } from "./says.ts";

export const lifeCycle = z
  .strictObject({})
  .describe(says("报警的确认、搁置与复位", "acknowledging, shelving and resetting alarms"));
