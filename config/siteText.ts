/** Bytes of a site file -> text: bounded, UTF-8 only, with advice for files that Excel or Notepad saved. */

import type { Fault } from "./faults/fault.ts";
import { siteFileMiBMax } from "./load.ts";
import { tooLargeFault } from "./source/sourceFaults.ts";
import { fail, ok, type Result } from "./words/result.ts";

/** Fails for a file that is too large or not UTF-8. A byte order mark is kept for loadSite to drop. */
export function siteText({
  file,
  bytes,
}: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): Result<string, readonly Fault[]> {
  if (bytes.length > siteFileMiBMax * 1024 ** 2) {
    const { at: _, end: __, ...words } = tooLargeFault(siteFileMiBMax);
    return fail([{ ...wholeFile(file), ...words }]);
  }
  const text = decode(bytes);
  if (text !== null) return ok(text);
  const isUtf16 = bytes[0] === 0xff || bytes[0] === 0xfe;
  return fail([
    {
      ...wholeFile(file),
      code: "E002",
      zh: `文件不是 UTF-8 编码${isUtf16 ? ", 像是 UTF-16" : ", 可能是 GBK"}`,
      en: `the file is not UTF-8${isUtf16 ? " but seems to be UTF-16" : ", perhaps it is GBK"}`,
      fixZh: isUtf16
        ? "用编辑器另存为 UTF-8"
        : `另存为 UTF-8, 或执行: iconv -f GB18030 -t UTF-8 ${file}`,
      fixEn: isUtf16
        ? "save it as UTF-8 in your editor"
        : `save it as UTF-8, or run: iconv -f GB18030 -t UTF-8 ${file}`,
    },
  ]);
}

function wholeFile(
  file: string,
): Pick<Fault, "severity" | "file" | "line" | "column" | "length" | "path"> {
  return { severity: "error", file, line: 1, column: 1, length: 0, path: "" };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
