/** The data folder: writable, on a real disk with room for the journal, and whether an agent works in it. */

import { constants } from "node:fs";
import { access, mkdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Site } from "../../../config/site.ts";
import { word } from "../../../config/words/bilingual.ts";
import { takeLock } from "../../store/processLock.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

const gibibyte = 1024 ** 3;
/** f_type of tmpfs and ramfs: what is written there is gone with the power. */
const memoryFileSystems: readonly number[] = [0x01021994, 0x858458f6];

/** @returns whether an agent holds the journal of this folder. */
export async function lookAtDataFolder(
  folder: string,
  site: Site | null,
  tell: Tell,
): Promise<boolean> {
  const { well, doubtful, bad } = findingsOf("data", tell);
  const trouble = await writableTrouble(folder);
  if (trouble !== null) {
    bad(
      word(`数据目录 ${folder} 不能写: ${trouble}`, `the data folder ${folder}: ${trouble}`),
      command(`sudo install -d -o ${userInfo().username} -m 750 ${folder}`),
    );
    return false;
  }
  const { type, bavail, bsize } = await statfs(folder);
  if (memoryFileSystems.includes(type)) {
    bad(
      word(`${folder} 在内存里, 断电即失`, `${folder} is kept in memory: a power cut takes it`),
      word("用 --data 指定磁盘上的目录", "name a folder on a disk with --data"),
    );
  }
  const file = join(folder, "journal.db");
  const usedBytes = (await stat(file).catch(() => null))?.size ?? 0;
  const roomBytes = usedBytes + bavail * bsize;
  const wantedBytes = site?.journal.maxSize ?? 0;
  const [room, wanted] = [gib(roomBytes), gib(wantedBytes)];
  if (roomBytes < wantedBytes) {
    doubtful(
      word(
        `磁盘只能给日志 ${room} GiB, 站点文件允许它长到 ${wanted} GiB`,
        `the disk has ${room} GiB for the journal, the site file lets it grow to ${wanted} GiB`,
      ),
      word(
        `journal.maxSize 改小到 ${gib(roomBytes * 0.8)}GiB 以下, 或腾出磁盘`,
        `set journal.maxSize below ${gib(roomBytes * 0.8)}GiB, or free some disk`,
      ),
    );
  } else
    well(
      `${folder}: 可写, 日志可用 ${room} GiB`,
      `${folder}: writable, ${room} GiB for the journal`,
    );
  return await isHeld(file, tell);
}

async function isHeld(file: string, tell: Tell): Promise<boolean> {
  // No lock file yet: nobody ever worked here, and looking must not make one.
  if ((await stat(`${file}.lock`).catch(() => null)) === null) return false;
  const lock = takeLock(`${file}.lock`);
  if (lock.ok) {
    lock.value[Symbol.dispose]();
    return false;
  }
  if (lock.error.kind !== "locked") return false;
  findingsOf("data", tell).well("网关正在运行", "an agent is at work in it");
  return true;
}

async function writableTrouble(folder: string): Promise<string | null> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // Only a real write finds a disk that is full or mounted read-only.
    const probe = join(folder, ".doctor");
    await writeFile(probe, "x");
    await rm(probe);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function gib(bytes: number): string {
  return (bytes / gibibyte).toFixed(1);
}
