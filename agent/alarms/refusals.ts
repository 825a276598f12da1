/** Why an act on an alarm is refused, in the words of both languages. Pure. */

export interface Refused {
  readonly zh: string;
  readonly en: string;
}

export const refusals = {
  unknown: { zh: "站点文件中没有此报警", en: "the site file has no such alarm" },
  nothingToAck: { zh: "没有需要确认的报警", en: "there is nothing to acknowledge" },
  alreadyAcked: { zh: "已确认", en: "it is acknowledged already" },
  nothingToHandle: {
    zh: "报警未发生, 无需处置",
    en: "it has not rung: there is nothing to handle",
  },
  notLatched: { zh: "无需复位", en: "it needs no reset" },
  stillActive: {
    zh: "报警条件仍然存在, 不能复位",
    en: "its condition still stands: it cannot be reset",
  },
  notShelvable: {
    zh: "此类报警不允许搁置 (站点文件未许可)",
    en: "the site file does not allow alarms of this type to be shelved",
  },
  notShelved: { zh: "未被搁置", en: "it is not shelved" },
  notOutOfService: { zh: "未停用", en: "it is not out of service" },
  noPerson: { zh: "缺少操作人", en: "nobody is named who does this" },
  noReason: { zh: "请填写原因", en: "a reason is needed" },
  noEnd: { zh: "必须给出结束时间", en: "it needs an end" },
} as const satisfies Readonly<Record<string, Refused>>;

/** The time asked for is over what the site file allows. */
export function tooLong(msMax: number): Refused {
  return {
    zh: `时间过长, 最多 ${inWords(msMax, { h: "小时", min: "分钟", s: "秒" })}`,
    en: `too long: at most ${inWords(msMax, { h: "h", min: "min", s: "s" })}`,
  };
}

function inWords(ms: number, units: { readonly [unit in "h" | "min" | "s"]: string }): string {
  if (ms >= 3_600_000) return `${rounded(ms / 3_600_000)} ${units.h}`;
  return ms >= 60_000
    ? `${rounded(ms / 60_000)} ${units.min}`
    : `${rounded(ms / 1_000)} ${units.s}`;
}

/** Downwards: what is told must be allowed. */
function rounded(number: number): number {
  return Math.floor(number * 10) / 10;
}
