/** The site file described for programs and people: JSON Schema and manual page, from the one declaration in site.ts. */

import { z } from "zod";
import { manualPage } from "./manualPage.ts";
import { siteSchema } from "./site.ts";

/** A JSON Schema as far as site.ts produces it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** JSON Schema draft-07 of what may be written in a site file: for editors and other programs. */
export function siteJsonSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(siteSchema, { target: "draft-07", io: "input" });
  return { $schema, $id: "urn:hazgate:site", title: "hazgate site file", ...(rest as JsonSchema) };
}

/** The manual page of the site file, in Markdown. */
export function siteManual(): string {
  return manualPage(siteJsonSchema());
}
