/** The page on the box: where it listens, and how what people type there travels. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import { listenOf } from "../shape/page.ts";
import type { Site } from "../site.ts";
import { word } from "../words/bilingual.ts";
import { type FileMode, namedFileFindings } from "./namedFiles.ts";

const without = word("页面无法打开", "the page will not be served");
const onlyThisBox = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

export function pageFindings({ page }: Site, fileMode: FileMode): readonly Finding[] {
  if (page === undefined) return [];
  const path = ["page", "tls"];
  const tls = typeof page.tls === "object" ? page.tls : undefined;
  const file = { fileMode, without, codes: ["189", "189"] } as const;
  return [
    ...listenFindings(page.listen, page.tls !== undefined || page.proxy !== undefined),
    ...namedFileFindings(tls?.cert, { ...file, path: [...path, "cert"], isSecret: false }),
    ...namedFileFindings(tls?.key, { ...file, path: [...path, "key"], isSecret: true }),
  ];
}

function listenFindings(text: string, isSealed: boolean): readonly Finding[] {
  const path: Path = ["page", "listen"];
  const listen = listenOf(text);
  if (listen === null) {
    return [
      error({
        code: "E188",
        path,
        zh: `监听地址 "${text}" 应为 地址:端口`,
        en: `"${text}" is not host:port`,
        fixZh: "例如 listen: 0.0.0.0:8080",
        fixEn: "for example listen: 0.0.0.0:8080",
      }),
    ];
  }
  if (isSealed || onlyThisBox.test(listen.host)) return [];
  return [
    warning({
      code: "W188",
      path,
      zh: "页面不经 HTTPS 对网络开放: 密码以明文传输",
      en: "the page is open to the network without HTTPS: passwords travel readable",
      fixZh: "加一行 tls: own (本机自签证书), 或经厂内代理",
      fixEn: "add tls: own (a certificate that the box makes), or use the plant's proxy",
    }),
  ];
}
