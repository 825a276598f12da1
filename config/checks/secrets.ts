/** The files of uplinks and cameras that hold secrets or certificates. */

import type { Finding, Path } from "../faults/fault.ts";
import type { Site } from "../site.ts";
import { type Word, word } from "../words/bilingual.ts";
import { type FileMode, namedFileFindings } from "./namedFiles.ts";

const noUplink = word("上传会失败", "the uplink will fail");
const noCamera = word("摄像机会连接失败", "the camera will not let us in");

export function secretFindings(site: Site, fileMode: FileMode): readonly Finding[] {
  const file = (name: string | undefined, path: Path, how: { without: Word; isSecret: boolean }) =>
    namedFileFindings(name, { path, ...how, fileMode, codes: ["154", "155"] });
  return [
    ...Object.entries(site.uplinks).flatMap(([id, { passwordFile, tls }]) => {
      const path = ["uplinks", id];
      const secret = { without: noUplink, isSecret: true };
      const open = { without: noUplink, isSecret: false };
      return [
        ...file(passwordFile, [...path, "passwordFile"], secret),
        ...file(tls?.key, [...path, "tls", "key"], secret),
        ...file(tls?.cert, [...path, "tls", "cert"], open),
        ...file(tls?.ca, [...path, "tls", "ca"], open),
      ];
    }),
    ...Object.entries(site.cameras).flatMap(([id, { passwordFile, ca }]) => {
      const path = ["cameras", id];
      return [
        ...file(passwordFile, [...path, "passwordFile"], { without: noCamera, isSecret: true }),
        ...file(ca, [...path, "ca"], { without: noCamera, isSecret: false }),
      ];
    }),
  ];
}
