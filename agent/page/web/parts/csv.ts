/** Saves a table as a file that spreadsheets open, also the Chinese ones: UTF-8 with its mark. */

import { byteOrderMark, csvRow } from "../../../../config/words/csv.ts";

export function saveCsv(
  name: string,
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const text = byteOrderMark + rows.map(csvRow).join("");
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
