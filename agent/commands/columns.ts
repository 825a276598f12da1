/** Rows of cells as lines of columns; Chinese letters take two places. */

import stringWidth from "string-width";

/** The first column to the left when asked so, all others to the right. The first row is the head. */
export function columns(
  rows: readonly (readonly string[])[],
  options: { readonly isFirstLeft?: boolean } = {},
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...rows.map((row) => stringWidth(row[i] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell)));
        return i === 0 && options.isFirstLeft === true ? cell + space : space + cell;
      })
      .join("  "),
  );
}
