/** The files of uplinks that hold secrets or certificates. */

import type { Finding } from "../faults/fault.ts";
import type { Site } from "../site.ts";
import { word } from "../words/bilingual.ts";
import { type FileMode, namedFileFindings } from "./namedFiles.ts";

const without = word("上传会失败", "the uplink will fail");

export function secretFindings(site: Site, fileMode: FileMode): readonly Finding[] {
  return Object.entries(site.uplinks).flatMap(([id, { passwordFile, tls }]) => {
    const path = ["uplinks", id];
    const file = (name: string | undefined, isSecret: boolean, ...at: string[]) =>
      namedFileFindings(name, {
        ...{ path: [...path, ...at], isSecret, fileMode, without, codes: ["154", "155"] },
      });
    return [
      ...file(passwordFile, true, "passwordFile"),
      ...file(tls?.key, true, "tls", "key"),
      ...file(tls?.cert, false, "tls", "cert"),
      ...file(tls?.ca, false, "tls", "ca"),
    ];
  });
}
