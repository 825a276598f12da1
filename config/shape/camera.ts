/** Cameras, and the evidence that is kept of them at an alarm. */

import { z } from "zod";
import { duration, size } from "../words/units.ts";
import { id } from "./ids.ts";
import { prioritySays } from "./limits.ts";
import { says } from "./says.ts";

/** Where a camera hangs, in the authority's terms. */
export const cameraPlaces = [
  "tank-farm",
  "workshop",
  "warehouse",
  "control-room",
  "gate",
  "other",
] as const;

function address(schemes: readonly string[], zh: string, en: string): z.ZodType<string, string> {
  return z
    .url({ protocol: new RegExp(`^(${schemes.join("|")})$`) })
    .refine((text) => new URL(text).username === "" && new URL(text).password === "", {
      error: "user name and password do not belong into the address: use username, passwordFile",
    })
    .describe(says(zh, en));
}

/** After how long a trouble becomes an alarm; `off`: never looked for. */
function check(after: string, zh: string, en: string) {
  return z
    .union([z.literal("off"), duration])
    .prefault(after)
    .describe(says(zh, en));
}

const checks = z.strictObject({
  offline: check(
    "30s",
    "连接不上、密码不对、无视频流多久后报警",
    "unreachable, not let in, no stream: alarm after",
  ),
  frozen: check("60s", "画面静止不变多久后报警", "the picture does not change at all: alarm after"),
  black: check("20s", "黑屏多久后报警", "black picture: alarm after"),
  bright: check("20s", "过曝 (全白) 多久后报警", "over-exposed picture: alarm after"),
  covered: check("60s", "遮挡或模糊多久后报警", "covered or blurred: alarm after"),
  moved: check(
    "120s",
    "画面移位多久后报警; 云台摄像机写 off",
    "turned away from its view: alarm after; off for cameras that are steered",
  ),
  format: check(
    "30s",
    "分辨率、帧率、码率或编码与记录不符多久后报警",
    "resolution, frame rate, bit rate or codec off its record: alarm after",
  ),
  clock: check(
    "30s",
    "摄像机时钟允许的偏差, 超过则报警",
    "most the camera's clock may be off before it is an alarm",
  ),
});

const expected = z.strictObject({
  codec: z.enum(["h264", "h265"]).optional().describe(says("编码", "codec")),
  width: z.int().min(16).max(16_384).optional().describe(says("宽, 像素", "width in pixels")),
  height: z.int().min(16).max(16_384).optional().describe(says("高, 像素", "height in pixels")),
  fps: z.number().positive().max(240).optional().describe(says("帧率", "pictures a second")),
  kbps: z.number().positive().optional().describe(says("码率, kbit/s", "bit rate in kbit/s")),
});

export const camera = z.strictObject({
  name: z
    .string()
    .optional()
    .describe(says("给人看的名称, 如 罐区东侧", "name for people; none: its id")),
  code: z
    .string()
    .regex(/^\d{20}$/, { error: "20 digits, in quotes" })
    .optional()
    .describe(
      says("GB/T 28181 的 20 位编码, 加引号", "its 20-digit code of GB/T 28181, in quotes"),
    ),
  place: z
    .enum(cameraPlaces)
    .optional()
    .describe(says("安装场所", "what kind of place it watches")),
  tanks: z.array(id).default([]).describe(says("看得见的储罐", "tanks that it sees")),
  points: z
    .array(id)
    .default([])
    .describe(
      says("另外对应的测点, 如气体探头", "further points it belongs to, e.g. gas detectors"),
    ),
  onvif: address(
    ["http", "https"],
    "ONVIF 服务地址, 如 http://192.168.1.64/onvif/device_service",
    "its ONVIF device service",
  ).optional(),
  rtsp: address(
    ["rtsp", "rtsps"],
    "视频流地址; 不写则向 ONVIF 询问",
    "its stream; none: asked by ONVIF",
  ).optional(),
  snapshot: address(
    ["http", "https"],
    "抓拍地址 (JPEG); 不写则向 ONVIF 询问",
    "its picture (JPEG); none: asked by ONVIF",
  ).optional(),
  username: z.string().optional().describe(says("用户名", "user name")),
  passwordFile: z
    .string()
    .optional()
    .describe(says("密码文件, 权限 0600", "file of mode 0600 with the password")),
  ca: z
    .string()
    .optional()
    .describe(says("HTTPS 的根证书文件 (PEM)", "PEM file of the authority of its HTTPS")),
  networks: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .default([])
    .describe(
      says(
        "允许的网段, 如 192.168.1.0/24; 不写则只允许上面所写的主机",
        "networks its addresses may lie in; none: only the hosts written above",
      ),
    ),
  events: z
    .boolean()
    .default(true)
    .describe(
      says(
        "用 ONVIF 接收摄像机自己报告的事件 (移动、遮挡、烟火)",
        "hear by ONVIF what the camera notices itself: motion, tampering, smoke",
      ),
    ),
  pictureEvery: duration
    .prefault("10s")
    .describe(says("多久看一次画面", "how often its picture is looked at")),
  ring: duration
    .prefault("45s")
    .describe(
      says(
        "收集报警证据时内存中最多保留多久的视频; 平时只保留 evidence.before 加 5 秒",
        "how much video is in memory at most, while evidence is gathered; else evidence.before and 5 s",
      ),
    ),
  priority: z.literal([1, 2, 3, 4]).default(3).describe(prioritySays),
  expected: expected.optional().describe(says("登记的参数", "what is on record about its stream")),
  checks: checks
    .prefault({})
    .describe(
      says("检查什么, 多久后报警", "what is looked for, and after how long it is an alarm"),
    ),
});

export const evidence = z.strictObject({
  before: duration.prefault("10s").describe(says("报警前的视频", "video before the alarm")),
  after: duration.prefault("20s").describe(says("报警后的视频", "video after the alarm")),
  maxSize: size
    .prefault("2GiB")
    .describe(says("本机最多保留的证据", "most that evidence may take on this box")),
  memory: size
    .prefault("1GiB")
    .describe(
      says(
        "所有摄像机的视频最多占用的内存",
        "most memory that the newest video of all cameras may take",
      ),
    ),
  perCameraPerDay: z
    .int()
    .min(1)
    .default(50)
    .describe(says("每台摄像机每天最多几份", "bundles per camera and day, at most")),
  upload: z
    .enum(["all", "pictures", "none"])
    .default("all")
    .describe(says("上传内容: 全部 / 仅图片 / 不上传", "what goes to the platform")),
});
