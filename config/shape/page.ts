/** The page on the box. */

import { z } from "zod";
import { says } from "./says.ts";

export const page = z.strictObject({
  listen: z
    .string()
    .default("127.0.0.1:8080")
    .describe(
      says(
        "监听地址, 如 0.0.0.0:8080",
        "address to listen on, e.g. 0.0.0.0:8080 for the plant's network",
      ),
    ),
});
