/** Announcing: an address that can be reached, secrets for our eyes only, a program that can be run. Pure but for the injected stat. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";
import { word } from "../words/bilingual.ts";
import { type FileMode, isOrdinaryFile, namedFileFindings } from "./namedFiles.ts";

type Announce = Site["alarms"]["announce"][string];
type Posted = Exclude<Announce, { type: "command" }>;

const without = word("这一路不会发出通知", "nothing will be announced this way");
const anybodyMayRun = 0o111;
/** A robot takes 20 a minute; more, and it is silent for ten minutes. */
const robotPerMinute: Readonly<Record<Announce["type"], number | null>> = {
  dingtalk: 20,
  wecom: 20,
  feishu: 100,
  webhook: null,
  command: null,
};

export function announceFindings(site: Site, fileMode: FileMode): readonly Finding[] {
  return Object.entries(site.alarms.announce).flatMap(([id, target]) => {
    const path = ["alarms", "announce", id];
    return [
      ...(target.type === "command"
        ? commandFindings(target.run, { path, fileMode })
        : postedFindings(target, { path, fileMode })),
      ...paceFindings(target, path),
    ];
  });
}

function postedFindings(target: Posted, { path, fileMode }: { path: Path; fileMode: FileMode }) {
  const files = secretFilesOf(target).flatMap(([key, name, isSecret]) =>
    namedFileFindings(name, {
      ...{ path: [...path, key], isSecret, fileMode, without, codes: ["183", "184"] },
    }),
  );
  return [...addressFindings(target, path), ...files];
}

function secretFilesOf(target: Posted): readonly (readonly [string, string, boolean])[] {
  const { urlFile } = target;
  const secretFile = "secretFile" in target ? target.secretFile : undefined;
  const tokenFile = "tokenFile" in target ? target.tokenFile : undefined;
  const ca = "ca" in target ? target.ca : undefined;
  const named = [
    ["urlFile", urlFile, true],
    ["secretFile", secretFile, true],
    ["tokenFile", tokenFile, true],
    ["ca", ca, false],
  ] as const;
  return named.flatMap(([key, name, isSecret]) =>
    name === undefined ? [] : [[key, name, isSecret] as const],
  );
}

function addressFindings(target: Posted, path: Path): Finding[] {
  const { url, urlFile, type } = target;
  if ((url === undefined) === (urlFile === undefined)) {
    const isNone = url === undefined;
    return [
      error({
        code: "E180",
        path: isNone ? path : [...path, "url"],
        atKey: true,
        zh: isNone ? "缺少 webhook 地址" : "url 和 urlFile 只能写一个",
        en: isNone ? "the webhook's address is missing" : "url and urlFile exclude one another",
        fixZh: "把地址放进一个权限 0600 的文件, 写 urlFile: 文件名",
        fixEn: "put the address into a file of mode 0600 and name it as urlFile",
      }),
    ];
  }
  if (url === undefined) return [];
  const findings: Finding[] = [];
  if (type !== "webhook") {
    findings.push(
      warning({
        code: "W181",
        path: [...path, "url"],
        zh: "机器人的地址就是密钥: 谁有它, 谁就能冒充本机发报警",
        en: "the address of a robot is its secret: whoever has it can send alarms in this box's name",
        fixZh: "把地址移到权限 0600 的文件, 改写 urlFile: 文件名",
        fixEn: "move it into a file of mode 0600 and name that as urlFile",
      }),
    );
  }
  if (url.startsWith("http://") && !isLoopback(url)) {
    findings.push(
      warning({
        code: "W182",
        path: [...path, "url"],
        zh: "http:// 不加密: 报警在网络上可被读取和篡改",
        en: "http:// is not encrypted: alarms can be read and changed on the way",
        fixZh: "改用 https://",
        fixEn: "use https://",
      }),
    );
  }
  return findings;
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/.test(url);
}

function commandFindings(
  [program = ""]: readonly string[],
  { path, fileMode }: { readonly path: Path; readonly fileMode: FileMode },
): readonly Finding[] {
  const at = [...path, "run", 0];
  if (!program.startsWith("/")) {
    return [
      error({
        code: "E185",
        path: at,
        zh: "程序要写绝对路径: 不经过 shell, 也不查 PATH",
        en: "the program needs its absolute path: there is no shell and no PATH to search",
        fixZh: "例如 run: [/usr/local/bin/siren, on]",
        fixEn: "for example run: [/usr/local/bin/siren, on]",
      }),
    ];
  }
  const mode = fileMode(program);
  const isRunnable = mode !== null && isOrdinaryFile(mode) && (mode & anybodyMayRun) !== 0;
  if (!isRunnable) {
    return [
      warning({
        code: "W185",
        path: at,
        zh: `${program} 不存在或不可执行: 声光报警不会动作`,
        en: `${program} is missing or cannot be run: the siren will stay silent`,
        fixZh: "放好程序并 chmod +x",
        fixEn: "put the program there and make it executable",
      }),
    ];
  }
  if ((mode & 0o002) === 0) return [];
  return [
    error({
      code: "E186",
      path: at,
      zh: `${program} 可被所有人改写`,
      en: `everybody may change ${program}`,
      fixZh: `执行: chmod o-w ${program}`,
      fixEn: `run: chmod o-w ${program}`,
    }),
  ];
}

function paceFindings({ type, perMinute }: Announce, path: Path): readonly Finding[] {
  const most = robotPerMinute[type];
  if (most === null || perMinute < most) return [];
  return [
    warning({
      code: "W187",
      path: [...path, "perMinute"],
      zh: `机器人每分钟最多收 ${most} 条, 超过后会被限流, 报警反而发不出去`,
      en: `the robot takes ${most} messages a minute and then refuses all for a while`,
      fixZh: `改为 ${most} 以下, 给本机自检报警留余量`,
      fixEn: `stay below ${most}, which leaves room for the box's own failures`,
    }),
  ];
}
