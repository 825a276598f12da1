/** Why a reading has its quality, for the person who looks at the register. Pure. */

import type { Point, Register } from "../../config/site.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { loopFaultMa, loopValidMa } from "../normalise/scaling.ts";
import type { RegisterAnswer } from "./readRegisters.ts";

/** Null: the quality is good. */
export function qualityReason(answer: RegisterAnswer): Word | null {
  const { reading } = answer;
  if (reading === null || reading.quality === "good") return null;
  const byStatus = statusReason(answer, reading.point.register);
  if (byStatus !== null && reading.decodedQuality !== "good") return byStatus;
  if (reading.decoded === null) return noNumber(reading.point.register);
  if (reading.decodedQuality === "uncertain") {
    return word("64 位整数超过 2^53, 已舍入", "a 64-bit integer above 2^53 was rounded");
  }
  return scaleReason(reading.point, reading.decoded, reading.value);
}

function statusReason({ span, payload }: RegisterAnswer, register: Register): Word | null {
  if (register.status === undefined) return null;
  const { address, rules } = register.status;
  const at = (address - span.address) * 2;
  const status = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
  const rule = rules.find(
    ({ bit, equals }) =>
      (bit !== undefined || equals !== undefined) &&
      (bit === undefined || ((status >> bit) & 1) === 1) &&
      (equals === undefined || equals === status),
  );
  if (rule === undefined) return null;
  const hex = `0x${status.toString(16).padStart(4, "0")}`;
  const [zh, en] =
    rule.bit === undefined
      ? [`等于 ${rule.equals}`, `equals ${rule.equals}`]
      : [`第 ${rule.bit} 位为 1`, `bit ${rule.bit} is set`];
  return word(
    `状态字 ${address} = ${hex}, ${zh}`,
    `the status word at ${address} is ${hex}: ${en}`,
  );
}

function noNumber({ sentinels, type }: Register): Word {
  const none = sentinels.length === 0 ? "" : ` (${sentinels.join(", ")})`;
  return word(
    `这些字不是 ${type} 的有效数值: 无效标记${none}、NaN、无穷大或非 BCD 数字`,
    `these words are no ${type}: a mark for "no value"${none}, NaN, infinity or a digit above 9`,
  );
}

const loopSpanMa = 16;

function scaleReason({ scale, range, unit }: Point, decoded: number, value: number | null): Word {
  if (scale !== undefined && "loop" in scale) {
    const [at4, at20] = scale.loop;
    const ma = (4 + ((decoded - at4) * loopSpanMa) / (at20 - at4)).toFixed(2);
    return word(
      `电流 ${ma} mA; 正常 ${loopValidMa.low}..${loopValidMa.high}, 断线 < ${loopFaultMa.low}, 短路 > ${loopFaultMa.high} (NE 43)`,
      `the loop carries ${ma} mA; valid ${loopValidMa.low}..${loopValidMa.high}, broken < ${loopFaultMa.low}, short > ${loopFaultMa.high} (NE 43)`,
    );
  }
  return word(
    `${value} ${unit} 超出量程 ${range[0]}..${range[1]} ${unit}; 字节序、数据类型或倍率可能不对`,
    `${value} ${unit} is outside the range ${range[0]}..${range[1]} ${unit}; byte order, type or scale may be wrong`,
  );
}
