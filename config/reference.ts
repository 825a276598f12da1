/** The site file described for programs and people: JSON Schema and manual page, from the one declaration in site.ts. */

import { z } from "zod";
import type { JsonSchema } from "./jsonSchema.ts";
import { manualPage } from "./manualPage.ts";
import { siteSchema } from "./site.ts";

/** JSON Schema draft-07 of what may be written in a site file: for editors and other programs. */
export function siteJsonSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(siteSchema, { target: "draft-07", io: "input" });
  return { $schema, $id: "urn:hazgate:site", title: "hazgate site file", ...(rest as JsonSchema) };
}

/** The manual page of the site file, in Markdown. */
export function siteManual(): string {
  return manualPage(siteJsonSchema());
}
