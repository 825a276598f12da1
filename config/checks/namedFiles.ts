/** Files named in the site file: present, and, where they hold a secret, for our eyes only. Pure but for the injected stat. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Word } from "../words/bilingual.ts";

/** Type and permission bits (st_mode) of the file at this path; null: there is none. */
export type FileMode = (path: string) => number | null;

interface NamedFile {
  readonly path: Path;
  readonly isSecret: boolean;
  readonly fileMode: FileMode;
  /** What does not work without it, as the end of a sentence. */
  readonly without: Word;
  /** Numbers of the faults, without their letter: missing, open to others. */
  readonly codes: readonly [missing: string, open: string];
}

const typeBits = 0o170000;
const ordinaryFile = 0o100000;

/**
 * A missing file is a warning: a lost secret must not keep a plant from being watched on site. A secret that everybody
 * can read is an error of the installation; one that its group can read, a warning.
 */
export function namedFileFindings(name: string | undefined, file: NamedFile): readonly Finding[] {
  if (name === undefined) return [];
  const { path, isSecret, fileMode, without } = file;
  const [missing, open] = file.codes;
  const mode = fileMode(name);
  if (mode === null || !isOrdinaryFile(mode)) {
    return [
      warning({
        code: `W${missing}`,
        path,
        zh: `${mode === null ? `文件 ${name} 不存在` : `${name} 不是普通文件`}, ${without.zh}`,
        en: `${mode === null ? `there is no file ${name}` : `${name} is not a file`}: ${without.en}`,
        fixZh: "放好文件, 或改正路径",
        fixEn: "put the file there, or correct the path",
      }),
    ];
  }
  if (!isSecret || (mode & 0o077) === 0) return [];
  const isOpen = (mode & 0o007) !== 0;
  const words = {
    path,
    zh: `${name} 可被${isOpen ? "所有人" : "同组用户"}读写 (权限 ${octal(mode)})`,
    en: `${name} is open to ${isOpen ? "everybody" : "its group"} (mode ${octal(mode)})`,
    fixZh: `执行: chmod 600 ${name}`,
    fixEn: `run: chmod 600 ${name}`,
  };
  return [isOpen ? error({ code: `E${open}`, ...words }) : warning({ code: `W${open}`, ...words })];
}

export function isOrdinaryFile(mode: number): boolean {
  return (mode & typeBits) === ordinaryFile;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
