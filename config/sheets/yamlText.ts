/** Values as a person would write them in a site file. Pure. */

/** Words that YAML takes for something else. */
const taken: ReadonlySet<string> = new Set("true false null yes no on off y n nan inf".split(" "));
const plain = /^(?:[\p{L}][\p{L}\p{N}_./-]*|\d+(?:\.\d+)?(?:ms|s|min|h|d))$/u;

export function scalarText(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  if (plain.test(value) && !taken.has(value.toLowerCase())) return value;
  return JSON.stringify(value);
}

export function keyText(key: string): string {
  return scalarText(key);
}

/** On one line. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, one]) => `${keyText(key)}: ${flowText(one)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return scalarText(value as string | number | boolean);
}

/** Entries of a map on lines of their own; what is deeper than an entry's own fields, in brackets. */
export function blockText(value: unknown, indent: string): string {
  return Object.entries(value as object)
    .map(([key, one]) => {
      const isTall =
        typeof one === "object" &&
        one !== null &&
        !Array.isArray(one) &&
        Object.keys(one).length > 4;
      if (!isTall) return `${indent}${keyText(key)}: ${flowText(one)}\n`;
      const fields = Object.entries(one as object).map(
        ([field, inner]) => `${indent}  ${keyText(field)}: ${flowText(inner)}\n`,
      );
      return `${indent}${keyText(key)}:\n${fields.join("")}`;
    })
    .join("");
}
