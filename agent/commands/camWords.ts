/** What ails a camera, and what to do about it, in words for the installer. */

import { type Lang, type Word, word } from "../../config/words/bilingual.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";

const causes: Readonly<Record<CameraError["kind"], Word>> = {
  unreachable: word("连接不上", "cannot be reached"),
  timeout: word("超时没有完整应答", "no whole answer in time"),
  unauthorised: word("用户名或密码不被接受", "user name or password not accepted"),
  refused: word("摄像机拒绝", "the camera refuses"),
  badAnswer: word("应答无效", "the answer is not valid"),
  notAllowed: word("地址不允许, 未发送任何内容", "address not allowed; nothing was sent"),
  ended: word("视频流被摄像机关闭", "the camera closed the stream"),
  stalled: word("视频流停住", "the stream stands still"),
  aborted: word("已中止", "stopped"),
};

const cures: Readonly<Record<CameraError["kind"], Word>> = {
  unreachable: word(
    "检查网线、电源、IP 地址和端口; https 需要 --ca 或站点文件中的 ca",
    "check cable, power, address and port; https needs --ca, or `ca` in the site file",
  ),
  timeout: word(
    "摄像机可能过载或网络很慢: 重启摄像机, 或用其他客户端核对",
    "the camera may be overloaded or the network slow: restart it, or compare with another client",
  ),
  unauthorised: word(
    "在摄像机中为 ONVIF 建立用户并核对密码; 钟差过大也会拒绝登录",
    "make a user for ONVIF on the camera and check the password; a clock far off is refused too",
  ),
  refused: word(
    "在摄像机中打开 ONVIF / 抓拍, 或在站点文件中写 rtsp、snapshot 地址",
    "switch ONVIF or snapshots on in the camera, or write rtsp and snapshot into the site file",
  ),
  badAnswer: word(
    "核对地址路径和端口: 那里可能是网页而不是 ONVIF 或图片",
    "check path and port: it may be a web page rather than ONVIF or a picture",
  ),
  notAllowed: word(
    "在站点文件 networks 中写入网段, 或直接写对的地址 (https 代替重定向)",
    "write its network into `networks`, or the right address itself (https where it redirects to it)",
  ),
  ended: word(
    "同时观看的数量可能已满: 关闭其他客户端",
    "it may serve no more viewers: close other clients",
  ),
  stalled: word("重启摄像机, 检查网络", "restart the camera, check the network"),
  aborted: word("", ""),
};

/** Cause, and in brackets what was seen. */
export function causeOf({ kind, message }: CameraError, lang: Lang): string {
  return `${causes[kind][lang]} (${message})`;
}

export function cureOf({ kind }: CameraError, lang: Lang): string {
  return cures[kind][lang];
}
