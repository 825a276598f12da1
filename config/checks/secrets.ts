/** Files named in the site file that hold secrets: present, and for our eyes only. Pure but for the injected stat. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

export interface FileStat {
  readonly isFile: boolean;
  /** Unix permission bits, e.g. 0o600. */
  readonly mode: number;
}

type Stat = (path: string) => FileStat | null;

/**
 * A missing file is a warning: a lost secret must not keep a plant from being watched on site.
 * A secret that everybody can read is an error of the installation.
 */
export function secretFindings(site: Site, stat: Stat): readonly Finding[] {
  return Object.entries(site.uplinks).flatMap(([id, { passwordFile, tls }]) => {
    const path = ["uplinks", id];
    return [
      ...fileFindings(passwordFile, { path: [...path, "passwordFile"], isSecret: true, stat }),
      ...fileFindings(tls?.key, { path: [...path, "tls", "key"], isSecret: true, stat }),
      ...fileFindings(tls?.cert, { path: [...path, "tls", "cert"], isSecret: false, stat }),
      ...fileFindings(tls?.ca, { path: [...path, "tls", "ca"], isSecret: false, stat }),
    ];
  });
}

function fileFindings(
  name: string | undefined,
  {
    path,
    isSecret,
    stat,
  }: { readonly path: Path; readonly isSecret: boolean; readonly stat: Stat },
): readonly Finding[] {
  if (name === undefined) return [];
  const found = stat(name);
  if (found === null || !found.isFile) {
    return [
      warning({
        code: "W154",
        path,
        zh: found === null ? `文件 ${name} 不存在, 上传会失败` : `${name} 不是普通文件, 上传会失败`,
        en:
          found === null
            ? `there is no file ${name}: the uplink will fail`
            : `${name} is not a file: the uplink will fail`,
        fixZh: "放好文件, 或改正路径",
        fixEn: "put the file there, or correct the path",
      }),
    ];
  }
  if (!isSecret || (found.mode & 0o077) === 0) return [];
  const isOpen = (found.mode & 0o007) !== 0;
  const words = {
    path,
    zh: `${name} 可被${isOpen ? "所有人" : "同组用户"}读写 (权限 ${octal(found.mode)})`,
    en: `${name} is open to ${isOpen ? "everybody" : "its group"} (mode ${octal(found.mode)})`,
    fixZh: `执行: chmod 600 ${name}`,
    fixEn: `run: chmod 600 ${name}`,
  };
  return [isOpen ? error({ code: "E155", ...words }) : warning({ code: "W155", ...words })];
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
