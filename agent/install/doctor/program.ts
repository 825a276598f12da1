/** The program itself: its runtime, its native parts, and a font for the reports. */

import { arch, totalmem, userInfo } from "node:os";
import { word } from "../../../config/words/bilingual.ts";
import { version } from "../../identity.ts";
import { readReportFont } from "../../page/reports/reportFont.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

const mebibyte = 1024 * 1024;
/** Less than this, and a site of 10,000 points does not fit beside the system. */
const memoryMiBMin = 900;

/** Native parts that come prebuilt; each is loaded for real, by the module that uses it. */
const nativeParts: Readonly<Record<string, () => Promise<unknown>>> = {
  "better-sqlite3": async () => {
    const { takeLock } = await import("../../store/processLock.ts");
    const lock = takeLock(":memory:");
    if (!lock.ok) throw new Error(lock.error.message);
    lock.value[Symbol.dispose]();
  },
  serialport: () => import("../../../drivers/lines/serialLine.ts"),
  sharp: () => import("sharp"),
};

export async function lookAtProgram(tell: Tell): Promise<void> {
  const { well, doubtful, bad } = findingsOf("program", tell);
  const who = userInfo().username;
  const about = `hazgate ${version()}, Node.js ${process.versions.node} ${arch()}`;
  well(`${about}, 用户 ${who}`, `${about}, user ${who}`);
  for (const [name, load] of Object.entries(nativeParts)) {
    try {
      await load();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      bad(
        word(`组件 ${name} 装不上: ${why}`, `its part ${name} does not load: ${why}`),
        command("npm ci --omit=dev"),
      );
    }
  }
  const memoryMiB = Math.round(totalmem() / mebibyte);
  if (memoryMiB < memoryMiBMin) {
    doubtful(
      word(`内存只有 ${memoryMiB} MiB`, `only ${memoryMiB} MiB of memory`),
      word("换内存更大的机器, 或减少摄像机", "a box with more memory, or fewer cameras"),
    );
  } else well(`内存 ${memoryMiB} MiB`, `${memoryMiB} MiB of memory`);
  const font = await readReportFont();
  if (font.ok) well("报告用的中文字体: 有", "a Chinese font for reports: there");
  else {
    const { zh, en } = font.error.error;
    doubtful(word(zh, en), command("sudo apt-get install fonts-wqy-microhei"));
  }
}
