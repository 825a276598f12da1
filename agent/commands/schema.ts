/** `hazgate schema`: the JSON Schema of the site file, for editors and other programs. */

import { siteJsonSchema } from "../../config/reference.ts";

/** The same bytes as the checked-in config/site.schema.json. */
export function printSchema(): string {
  return `${JSON.stringify(siteJsonSchema(), null, 2)}\n`;
}
