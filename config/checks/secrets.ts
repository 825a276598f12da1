/** Files named in the site file that hold secrets: present, and for our eyes only. Pure but for the injected stat. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

type FileMode = (path: string) => number | null;

const typeBits = 0o170000;
const ordinaryFile = 0o100000;

/**
 * A missing file is a warning: a lost secret must not keep a plant from being watched on site.
 * A secret that everybody can read is an error of the installation.
 */
export function secretFindings(site: Site, fileMode: FileMode): readonly Finding[] {
  return Object.entries(site.uplinks).flatMap(([id, { passwordFile, tls }]) => {
    const path = ["uplinks", id];
    return [
      ...fileFindings(passwordFile, { path: [...path, "passwordFile"], isSecret: true, fileMode }),
      ...fileFindings(tls?.key, { path: [...path, "tls", "key"], isSecret: true, fileMode }),
      ...fileFindings(tls?.cert, { path: [...path, "tls", "cert"], isSecret: false, fileMode }),
      ...fileFindings(tls?.ca, { path: [...path, "tls", "ca"], isSecret: false, fileMode }),
    ];
  });
}

function fileFindings(
  name: string | undefined,
  {
    path,
    isSecret,
    fileMode,
  }: { readonly path: Path; readonly isSecret: boolean; readonly fileMode: FileMode },
): readonly Finding[] {
  if (name === undefined) return [];
  const mode = fileMode(name);
  if (mode === null || (mode & typeBits) !== ordinaryFile) {
    return [
      warning({
        code: "W154",
        path,
        zh: mode === null ? `文件 ${name} 不存在, 上传会失败` : `${name} 不是普通文件, 上传会失败`,
        en:
          mode === null
            ? `there is no file ${name}: the uplink will fail`
            : `${name} is not a file: the uplink will fail`,
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
  return [isOpen ? error({ code: "E155", ...words }) : warning({ code: "W155", ...words })];
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
