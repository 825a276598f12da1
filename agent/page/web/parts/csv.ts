/** Saves a table as a file that spreadsheets open, also the Chinese ones: UTF-8 with its mark. */

export function saveCsv(
  name: string,
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const text = rows.map((row) => row.map(cell).join(",")).join("\r\n");
  const address = URL.createObjectURL(
    new Blob([`\uFEFF${text}\r\n`], { type: "text/csv;charset=utf-8" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // A text that a spreadsheet would run as a formula is kept a text.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
