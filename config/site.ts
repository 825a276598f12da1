/**
 * The shape of a site file and its defaults. One declaration serves as parser, JSON Schema and manual.
 * Faults between fields (limit order, clashes) are found by check.ts.
 */

import { z } from "zod";
import { announce } from "./shape/announce.ts";
import { bus } from "./shape/bus.ts";
import { camera, evidence } from "./shape/camera.ts";
import { device } from "./shape/device.ts";
import { cas, id, topicLevel } from "./shape/ids.ts";
import { lifeCycle } from "./shape/lifeCycle.ts";
import { page } from "./shape/page.ts";
import { point } from "./shape/point.ts";
import { rules } from "./shape/rules.ts";
import { says } from "./shape/says.ts";
import { mqttUplink } from "./shape/uplink.ts";
import { duration, size } from "./words/units.ts";

const hazard = z.strictObject({
  id: id.describe(says("危险源的名称", "its id")),
  name: z.string().describe(says("给人看的名称", "name for people")),
  level: z
    .int()
    .min(1)
    .max(4)
    .optional()
    .describe(says("重大危险源等级, 1 最高", "level of the major hazard source, 1 is the highest")),
});

const tank = z.strictObject({
  name: z.string().describe(says("给人看的名称, 如 V-101 苯储罐", "name for people")),
  medium: z.string().optional().describe(says("介质", "what it holds")),
  cas: cas.optional().describe(says("介质的 CAS 号, 如 71-43-2", "CAS number of the medium")),
  capacity: z.number().positive().optional().describe(says("容积, m3", "capacity in m3")),
  hazard: z
    .string()
    .optional()
    .describe(says("所属危险源", "id of the hazard source this tank belongs to")),
  points: z
    .array(id)
    .default([])
    .describe(says("属于此罐的测点; 报警带罐名", "points of this tank; alarms name it")),
});

const head = z.strictObject({
  id: topicLevel.describe(
    says("站点编号, 是 MQTT 主题的一部分", "id of the site; becomes part of the MQTT topic"),
  ),
  box: topicLevel
    .default("box1")
    .describe(says("网关编号, 同一站点内唯一", "id of this box, unique within the site")),
  name: z.string().describe(says("企业或站点名称", "name of the site for people")),
  enterpriseCode: z
    .string()
    .optional()
    .describe(says("监管部门发的企业编码, 加引号", "issued by the authority; a string")),
  gatewayCode: z
    .string()
    .optional()
    .describe(says("监管部门发的网关编码, 加引号", "issued by the authority; a string")),
  timezone: z
    .string()
    .default("Asia/Shanghai")
    .describe(says("时区", "time zone, by its IANA name")),
  hazards: z.array(hazard).default([]).describe(says("重大危险源", "major hazard sources")),
});

const journal = z.strictObject({
  maxSize: size
    .prefault("8GiB")
    .describe(says("日志库最多占用的磁盘", "most the journal may take on disk")),
  keepReadings: duration
    .prefault("90d")
    .describe(
      says(
        "已送达的读数保存多久; 重大危险源至少 30d",
        "how long delivered readings stay; 30d at least for major hazard sources",
      ),
    ),
  keepAlarms: duration
    .prefault("1095d")
    .describe(says("报警记录保存多久", "how long alarm records stay")),
});

const alarms = z.strictObject({
  rules: rules.default({}),
  lifeCycle: lifeCycle.prefault({}),
  announce: announce.default({}),
});

export const siteSchema = z
  .strictObject({
    site: head.describe(says("站点", "the site")),
    buses: z
      .record(id, bus)
      .describe(says("总线: 串口或网络连接", "wires: serial lines and TCP connections")),
    devices: z.record(id, device).describe(says("总线上的设备 (从站)", "units on the buses")),
    points: z
      .record(id, point)
      .describe(says("测点, 名称用位号, 如 LT-101", "measurements, named by their plant tag")),
    tanks: z.record(id, tank).default({}).describe(says("储罐", "tanks")),
    cameras: z.record(id, camera).default({}).describe(says("摄像机", "cameras")),
    evidence: evidence
      .prefault({})
      .describe(says("报警时保留的图片和视频", "pictures and clips kept of alarms")),
    uplinks: z
      .record(id, mqttUplink)
      .default({})
      .describe(says("上传通道; 本版本一个", "ways to a platform; this version serves one")),
    journal: journal.prefault({}).describe(says("本机日志库", "the journal on this box")),
    alarms: alarms
      .prefault({})
      .describe(says("报警规则、生命周期与通知", "alarm rules, life cycle and announcing")),
    page: page
      .optional()
      .describe(says("本机页面; 不写则不提供", "the page on the box; none: not served")),
  })
  .describe(says("hazgate 站点文件", "hazgate site file"));

export type Site = z.output<typeof siteSchema>;
export type Bus = Site["buses"][string];
export type SerialBus = Extract<Bus, { type: "modbus-rtu" }>;
export type TcpBus = Extract<Bus, { type: "modbus-tcp" }>;
export type RtuOverTcpBus = Extract<Bus, { type: "modbus-rtu-over-tcp" }>;
export type UdpBus = Extract<Bus, { type: "modbus-udp" }>;
export type Device = Site["devices"][string];
export type Camera = Site["cameras"][string];
export type Point = Site["points"][string];
export type Register = Point["register"];
export type Scale = NonNullable<Point["scale"]>;
export type Limits = NonNullable<Point["limits"]>;
export type MqttUplink = Site["uplinks"][string];

// biome-ignore lint/performance/noBarrelFile: whoever reads a site needs these lists beside its types
export { byteOrders, registerTypes } from "./shape/register.ts";
