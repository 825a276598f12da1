/** Cameras: reachable at all, told apart by the authority, known for every tank, and with a ring long enough. Pure. */

import { BlockList, isIP } from "node:net";
import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import { groupMs } from "../ringMemory.ts";
import type { Camera, Site } from "../site.ts";

const addressNames = ["onvif", "rtsp", "snapshot"] as const;
const pictureChecks = ["frozen", "black", "bright", "covered", "moved"] as const;

export function cameraFindings(site: Site): readonly Finding[] {
  const cameras = Object.entries(site.cameras);
  if (cameras.length === 0) return [];
  return [
    ...cameras.flatMap(([id, camera]) => {
      const path = ["cameras", id];
      return [
        ...addressFindings(camera, path),
        ...loginFindings(camera, path),
        ...recordFindings(camera, path),
        ...timeFindings(camera, path),
        ...ringFindings(camera, path, site.evidence),
      ];
    }),
    ...codeFindings(cameras),
    ...tankFindings(site),
  ];
}

function hasStream({ onvif, rtsp }: Camera): boolean {
  return onvif !== undefined || rtsp !== undefined;
}

function addressFindings(camera: Camera, path: Path): readonly Finding[] {
  const written = addressNames.flatMap((name) => {
    const text = camera[name];
    return text === undefined ? [] : [{ name, host: new URL(text).hostname }];
  });
  if (written.length === 0) {
    return [
      error({
        code: "E201",
        path,
        atKey: true,
        zh: "摄像机没有任何地址",
        en: "the camera has no address at all",
        fixZh: "写 onvif, rtsp 或 snapshot",
        fixEn: "write onvif, rtsp or snapshot",
      }),
    ];
  }
  if (camera.networks.length === 0) return [];
  const list = new BlockList();
  for (const network of camera.networks) {
    const [net = "", bits = ""] = network.split("/");
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? "ipv6" : "ipv4");
  }
  return written.flatMap(({ name, host }) => {
    const bare = host.replace(/^\[|\]$/g, "");
    const family = isIP(bare);
    if (family === 0 || list.check(bare, family === 6 ? "ipv6" : "ipv4")) return [];
    return [
      error({
        code: "E203",
        path: [...path, name],
        zh: `${bare} 不在 networks 所列网段内, 不会被连接`,
        en: `${bare} lies outside \`networks\`: it will not be connected to`,
        fixZh: "改正地址, 或把它的网段加入 networks",
        fixEn: "correct the address, or add its network",
      }),
    ];
  });
}

function loginFindings({ username, passwordFile }: Camera, path: Path): readonly Finding[] {
  if ((username === undefined) === (passwordFile === undefined)) return [];
  const isNameMissing = username === undefined;
  return [
    error({
      code: "E206",
      path: [...path, isNameMissing ? "passwordFile" : "username"],
      atKey: true,
      zh: isNameMissing ? "有密码文件, 没有用户名" : "有用户名, 没有密码文件",
      en: isNameMissing ? "a password file without a user name" : "a user name without a password",
      fixZh: "username 和 passwordFile 要一起写",
      fixEn: "write both username and passwordFile",
    }),
  ];
}

function recordFindings({ place, code, expected }: Camera, path: Path): readonly Finding[] {
  const missing = [
    ...(code === undefined ? ["code"] : []),
    ...(place === undefined ? ["place"] : []),
  ];
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push(
      warning({
        code: "W201",
        path,
        atKey: true,
        zh: `摄像机没有写 ${missing.join(", ")}: 平台无法归类`,
        en: `the camera has no ${missing.join(", ")}: the platform cannot place it`,
        fixZh: "code 为 GB/T 28181 的 20 位编码 (加引号), place 为安装场所",
        fixEn: "code: its 20 digits of GB/T 28181 in quotes; place: what it watches",
      }),
    );
  }
  if (
    expected !== undefined &&
    (expected.width === undefined) !== (expected.height === undefined)
  ) {
    findings.push(
      warning({
        code: "W205",
        path: [...path, "expected"],
        atKey: true,
        zh: "登记的分辨率只写了一边",
        en: "only one side of the resolution is on record",
        fixZh: "width 和 height 一起写",
        fixEn: "write both width and height",
      }),
    );
  }
  return findings;
}

/** Two pictures make a fault: it cannot be told sooner than they come. */
function timeFindings({ checks, pictureEvery }: Camera, path: Path): readonly Finding[] {
  return pictureChecks.flatMap((name) => {
    const after = checks[name];
    if (after === "off" || after >= pictureEvery) return [];
    return [
      warning({
        code: "W207",
        path: [...path, "checks", name],
        zh: `${name} 比看画面的间隔 (pictureEvery) 还短, 报不了这么快`,
        en: `${name} is shorter than pictureEvery: it cannot be told so soon`,
        fixZh: "缩短 pictureEvery, 或放宽此项",
        fixEn: "shorten pictureEvery, or allow more time here",
      }),
    ];
  });
}

function ringFindings(
  camera: Camera,
  path: Path,
  { before, after }: Site["evidence"],
): readonly Finding[] {
  const needed = before + after + groupMs;
  if (!hasStream(camera) || camera.ring >= needed) return [];
  return [
    warning({
      code: "W204",
      path: [...path, "ring"],
      zh: `内存中只保留 ${camera.ring / 1000} 秒视频, 报警证据需要 ${needed / 1000} 秒 (前 + 后 + 一组画面)`,
      en: `only ${camera.ring / 1000} s of video are kept; evidence needs ${needed / 1000} s (before + after + one group of pictures)`,
      fixZh: `写 ring: ${Math.ceil(needed / 1000)}s 或更长`,
      fixEn: `write ring: ${Math.ceil(needed / 1000)}s or more`,
    }),
  ];
}

function codeFindings(cameras: readonly (readonly [string, Camera])[]): readonly Finding[] {
  const ownerOf = new Map<string, string>();
  return cameras.flatMap(([id, { code }]) => {
    if (code === undefined) return [];
    const owner = ownerOf.get(code);
    ownerOf.set(code, owner ?? id);
    if (owner === undefined) return [];
    return [
      error({
        code: "E202",
        path: ["cameras", id, "code"],
        zh: `编码已属于摄像机 "${owner}"`,
        en: `the code already belongs to camera "${owner}"`,
        fixZh: "每台摄像机一个编码, 核对其中一台",
        fixEn: "each camera has a code of its own; check one of them",
      }),
    ];
  });
}

/** One finding for all of them. */
function tankFindings({ tanks, cameras }: Site): readonly Finding[] {
  const all = Object.values(cameras);
  const seen = new Set(all.flatMap((camera) => camera.tanks));
  const points = new Set(all.flatMap((camera) => camera.points));
  const unseen = Object.entries(tanks)
    .filter(([id, tank]) => !seen.has(id) && !tank.points.some((point) => points.has(point)))
    .map(([id]) => id);
  const [first] = unseen;
  if (first === undefined) return [];
  const some = `${unseen.slice(0, 5).join(", ")}${unseen.length > 5 ? " ..." : ""}`;
  return [
    warning({
      code: "W202",
      path: ["tanks", first],
      atKey: true,
      zh: `${unseen.length} 个储罐没有摄像机: ${some}`,
      en: `${unseen.length} tank(s) without a camera: ${some}`,
      fixZh: "列入能看到它的摄像机的 tanks",
      fixEn: "list them in `tanks` of the camera that sees them",
    }),
  ];
}
