/** A font with Chinese letters for PDF files: of those Debian packages, the first that is on this machine. */

import { readFile } from "node:fs/promises";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Refusal } from "../protocol/alarms.ts";

interface FontFile {
  readonly path: string;
  /** PostScript name within the collection. */
  readonly name: string;
}

export const fontFiles: readonly FontFile[] = [
  { path: "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", name: "WenQuanYiMicroHei" },
  {
    path: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    name: "NotoSansCJKsc-Regular",
  },
  { path: "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", name: "WenQuanYiZenHei" },
];

export interface ReportFont {
  readonly bytes: Buffer;
  readonly name: string;
}

export const noFont: Refusal = {
  error: {
    code: "no-font",
    zh: "本机没有中文字体, 无法生成 PDF。请安装: sudo apt-get install fonts-wqy-microhei",
    en: "This box has no font with Chinese letters, so no PDF can be made. Install one: sudo apt-get install fonts-wqy-microhei",
  },
};

/** Fails with the refusal that names the package to install. */
export async function readReportFont(
  files: readonly FontFile[] = fontFiles,
): Promise<Result<ReportFont, Refusal>> {
  for (const { path, name } of files) {
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null) return ok({ bytes, name });
  }
  return fail(noFont);
}
