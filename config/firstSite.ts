/** The first site file of a box: answers of an interview -> YAML with comments in one language. Pure. */

import { scalarText } from "./sheets/yamlText.ts";
import type { Lang } from "./words/bilingual.ts";

export interface FirstBus {
  readonly id: string;
  /** As the site file writes it. */
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface FirstAnswers {
  readonly id: string;
  readonly name: string;
  /** Null: not known yet. */
  readonly enterpriseCode: string | null;
  readonly bus: FirstBus | null;
}

/** Passes `hazgate check`; warned of is only that there is no point yet. */
export function firstSite({ id, name, enterpriseCode, bus }: FirstAnswers, lang: Lang): string {
  const t = (zh: string, en: string): string => (lang === "zh" ? zh : en);
  const code =
    enterpriseCode === null
      ? `  # enterpriseCode: "441900001" # ${t("监管部门发的企业编码, 加引号", "issued by the authority; a string, in quotes")}`
      : `  enterpriseCode: ${JSON.stringify(enterpriseCode)} # ${t("监管部门发的企业编码", "issued by the authority")}`;
  return `# ${t("hazgate 站点文件。改后执行 hazgate check 检查: 离线, 不碰任何设备。", "hazgate site file. After a change: hazgate check, offline, no device is touched.")}
# ${t('缩进用空格, 标点用半角, 含 , : % 的文字加引号 ("%LEL"), 时长和容量带单位 (500ms 1s 8GiB)。', 'Indent with spaces; quotes around text with , : or % ("%LEL"); durations and sizes carry units (500ms 1s 8GiB).')}

# ${t("站点: 编号是 MQTT 主题的一部分, 名称给人看。", "The site: its id is part of the MQTT topic, its name is for people.")}
site:
  id: ${scalarText(id)}
  name: ${scalarText(name)}
${code}

# ${t("总线: RS-485 串口 (type: modbus-rtu) 或网络连接 (type: modbus-tcp)。", "Buses: RS-485 lines (type: modbus-rtu) or network connections (type: modbus-tcp).")}
${busText(bus, t)}
# ${t("设备: 总线上的从站, 例如  雷达-101: { bus: RS485-1, unit: 1 }", "Devices: units on the buses, e.g.  radar-101: { bus: RS485-1, unit: 1 }")}
devices: {}

# ${t("测点: 名称用位号。可由 Excel 清单导入: hazgate import points.xlsx", "Points, named by their tag. From an Excel list: hazgate import points.xlsx")}
# ${t("限值须 LL < L < H < HH, 都在量程 range 内。", "Limits: LL < L < H < HH, all within the range.")}
#   LT-101:
#     device: ${t("雷达-101", "radar-101")}
#     register: { modicon: 40001, type: float32, order: ABCD } # ${t("数值离谱时先试 CDAB", "wild values: try CDAB first")}
#     kind: level
#     unit: mm
#     range: [0, 12000]
#     limits: { ll: 800, l: 1500, h: 10000, hh: 11000, deadband: 50 }
points: {}

# ${t("储罐: 报警带罐名, 例如  V-101: { name: 苯储罐, medium: 苯, cas: 71-43-2, points: [LT-101] }", "Tanks: alarms name them, e.g.  V-101: { name: V-101, medium: benzene, cas: 71-43-2, points: [LT-101] }")}
tanks: {}

# ${t("上传: 平台给出地址和证书后去掉 # 并改好。没有上传时读数只存在本机。", "Uplink: remove the # once the platform has given address and certificates. Without one, readings stay on this box.")}
# uplinks:
#   platform: { type: mqtt, url: "mqtts://platform.example.cn:8883", tls: { ca: ca.pem, cert: box.pem, key: box.key } }

# ${t("本机日志库: 最多占用的磁盘, 和读数保存多久 (重大危险源至少 30d)。", "Journal on this box: the most it takes on disk, and how long readings stay (30d at least for major hazards).")}
journal:
  maxSize: 8GiB
  keepReadings: 90d
`;
}

function busText(bus: FirstBus | null, t: (zh: string, en: string) => string): string {
  if (bus === null) {
    return `# ${t("例如", "e.g.")}  PLC-1: { type: modbus-tcp, host: 192.168.10.20 }\nbuses: {}\n`;
  }
  const fields = Object.entries(bus.fields).map(
    ([field, value]) => `    ${field}: ${scalarText(value)}\n`,
  );
  return `buses:\n  ${scalarText(bus.id)}:\n${fields.join("")}`;
}
