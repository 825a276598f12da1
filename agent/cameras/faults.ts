/** Everything that can be wrong with a camera, worst first, and its words. */

import { type Word, word } from "../../config/words/bilingual.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";

/** Worst first: of several that stand, the first names the alarm. Written into records: only ever add. */
export const cameraFaults = [
  "unreachable",
  "unauthorised",
  "not-allowed",
  "no-stream",
  "stalled",
  "fire",
  "no-picture",
  "tampered",
  "black",
  "covered",
  "moved",
  "frozen",
  "bright",
  "codec",
  "resolution",
  "frame-rate",
  "bit-rate",
  "clock",
] as const;
export type CameraFault = (typeof cameraFaults)[number];

/** With one of these the platform is told OFF: nothing comes from the camera. */
const offFaults: ReadonlySet<CameraFault> = new Set([
  ...(["unreachable", "unauthorised", "not-allowed", "no-stream", "stalled"] as const),
]);

export function isOff(fault: CameraFault): boolean {
  return offFaults.has(fault);
}

export const faultWords: Readonly<Record<CameraFault, Word>> = {
  unreachable: word("连接不上", "cannot be reached"),
  unauthorised: word("用户名或密码不被接受", "user name or password is not accepted"),
  "not-allowed": word(
    "给出的地址不在允许的网段",
    "gives an address outside the networks allowed for it",
  ),
  "no-stream": word("没有视频流", "gives no stream"),
  stalled: word("连接还在, 但不再发送画面", "is connected but sends no pictures any more"),
  "no-picture": word("有视频流, 但得不到可看的画面", "sends a stream but no picture to look at"),
  fire: word("摄像机报告烟火", "the camera tells of fire or smoke"),
  tampered: word("摄像机报告被遮挡或破坏", "the camera tells that it is tampered with"),
  black: word("黑屏", "black picture"),
  covered: word("画面被遮挡或模糊", "covered or blurred"),
  moved: word("画面移位, 不是原来的视角", "turned away from its view"),
  frozen: word("画面静止不变", "frozen picture"),
  bright: word("画面过曝", "over-exposed picture"),
  codec: word("编码与记录不符", "codec off its record"),
  resolution: word("分辨率与记录不符", "resolution off its record"),
  "frame-rate": word("帧率与记录不符", "frame rate off its record"),
  "bit-rate": word("码率与记录不符", "bit rate off its record"),
  clock: word("摄像机时钟不准", "its clock is wrong"),
};

export const workingWords: Word = word("正常", "works");

/** What an error of the stream or the picture means for the camera; null: none of its doing. */
export function faultOf({ kind }: CameraError): CameraFault | null {
  switch (kind) {
    case "unreachable":
    case "timeout":
      return "unreachable";
    case "unauthorised":
      return "unauthorised";
    case "notAllowed":
      return "not-allowed";
    case "refused":
    case "badAnswer":
      return "no-stream";
    case "stalled":
    case "ended":
      return "stalled";
    case "aborted":
      return null;
  }
}
