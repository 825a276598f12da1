/** The meaning of a field in both languages: shown by editors, by the manual and by nobody else. */

/** Chinese first, English on the next line; the JSON Schema has room for one text only. */
export function says(zh: string, en: string): string {
  return `${zh}\n${en}`;
}
