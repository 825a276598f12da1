/** The site file that fits the running plant, commented so that an installer can learn from it. Pure. */

import { type DeviceSpec, devices, type LineId, lines } from "./devices.ts";
import type { Instrument, LimitSpec } from "./instrument.ts";
import { instruments } from "./instruments.ts";
import type { Plant } from "./plant.ts";
import { siteNotes } from "./siteNotes.ts";
import { ruleLines } from "./siteRules.ts";
import { type TankSpec, tankFarm, type Words } from "./tankFarm.ts";

/** A camera as the site file names it. */
export interface SiteCamera {
  readonly id: string;
  readonly name: Words;
  /** 20 digits. */
  readonly code: string;
  readonly place: string;
  readonly tanks: readonly string[];
  readonly onvif: string;
  readonly snapshot: string;
  /** Null: it has no stream. */
  readonly rtsp: string | null;
}

export interface SiteFileOptions {
  /** mqtt://host:port */
  readonly uplinkUrl: string;
  readonly protocol: 4 | 5;
  readonly ack: "platform" | "broker";
  /** Cameras beside the tanks; none by default. */
  readonly cameras?: readonly SiteCamera[];
  /** Where the page listens, host:port; none: no page. */
  readonly page?: string;
  /** How many times faster than life the plant runs; default 1. Forecasts look less far ahead then. */
  readonly speed?: number;
  /** Language of comments and names. */
  readonly lang: "zh" | "en";
}

/** Where the plant's lines are. */
export type PlantLines = Pick<Plant, "tcp" | "serial" | "gateways">;

/** A whole site file in YAML. */
export function siteFile(plant: PlantLines, options: SiteFileOptions): string {
  const say = (words: Words): string => words[options.lang];
  const note = (key: keyof typeof siteNotes): string[] =>
    siteNotes[key][options.lang].split("\n").map((line) => `# ${line}`);
  const forecast = forecastText(options.speed ?? 1);
  return [
    ...note("head"),
    "site:",
    "  id: demo-plant",
    "  box: box1",
    `  name: ${quoted(say({ zh: "模拟罐区（培训用）", en: "Simulated tank farm (training)" }))}`,
    '  enterpriseCode: "000000000"',
    "  hazards:",
    ...["HZ-01", "HZ-02"].map((id, index) => hazardLine(id, index, say)),
    "",
    ...note("buses"),
    "buses:",
    ...lines.flatMap((line) => busLines(line.id, plant, say(line.note))),
    "",
    ...note("devices"),
    "devices:",
    ...devices.flatMap((device) => deviceLines(device, say)),
    "",
    ...note("points"),
    "points:",
    ...instruments.flatMap((instrument) => pointLines(instrument, { say, note, forecast })),
    "",
    ...note("tanks"),
    "tanks:",
    ...tankFarm.flatMap((tank) => tankLines(tank, say)),
    "  S-201:",
    `    name: ${quoted(say({ zh: "污水池", en: "waste-water sump" }))}`,
    "    points: [LT-201]",
    "",
    ...note("rules"),
    "alarms:",
    ...ruleLines(say),
    "",
    ...cameraLines(options.cameras ?? [], say, note),
    ...note("uplinks"),
    "uplinks:",
    "  platform:",
    "    type: mqtt",
    `    url: ${quoted(options.uplinkUrl)}`,
    `    protocol: ${options.protocol}`,
    `    ack: ${options.ack}`,
    "    liveEvery: 5s",
    "",
    ...note("journal"),
    "journal:",
    "  maxSize: 2GiB",
    "  keepReadings: 90d",
    "",
    ...(options.page === undefined
      ? []
      : [...note("page"), "page:", `  listen: ${quoted(options.page)}`, ""]),
  ].join("\n");
}

function cameraLines(
  cameras: readonly SiteCamera[],
  say: (words: Words) => string,
  note: (key: keyof typeof siteNotes) => string[],
): string[] {
  if (cameras.length === 0) return [];
  const lines = cameras.flatMap(({ id, name, code, place, tanks, onvif, snapshot, rtsp }) => [
    `  ${id}:`,
    `    name: ${quoted(say(name))}`,
    `    code: "${code}"`,
    `    place: ${place}`,
    ...(tanks.length === 0 ? [] : [`    tanks: [${tanks.join(", ")}]`]),
    `    onvif: ${quoted(onvif)}`,
    `    snapshot: ${quoted(snapshot)}`,
    ...(rtsp === null ? [] : [`    rtsp: ${quoted(rtsp)}`]),
  ]);
  return [...note("cameras"), "cameras:", ...lines, ""];
}

function hazardLine(id: string, index: number, say: (words: Words) => string): string {
  const name = [
    { zh: "常压罐区", en: "atmospheric tank farm" },
    { zh: "液氨球罐区", en: "liquid ammonia sphere" },
  ][index];
  return `    - { id: ${id}, name: ${quoted(say(name ?? { zh: id, en: id }))}, level: ${index + 2} }`;
}

function busLines(id: LineId, plant: PlantLines, what: string): string[] {
  const serial = plant.serial.find((line) => line.id === id);
  const tcp = plant.tcp.find((line) => line.id === id);
  const gateway = plant.gateways.find((line) => line.id === id);
  const head = `  ${id}: # ${what}`;
  if (serial !== undefined) {
    return [
      head,
      "    type: modbus-rtu",
      `    port: ${quoted(serial.path)}`,
      `    baud: ${serial.baud}`,
      "    parity: none",
      "    timeout: 500ms",
    ];
  }
  if (gateway !== undefined) {
    return [
      head,
      "    type: modbus-rtu-over-tcp",
      `    host: ${gateway.host}`,
      `    port: ${gateway.port}`,
      `    baud: ${gateway.baud}`,
      "    betweenRequests: 10ms",
      "    timeout: 800ms",
    ];
  }
  if (tcp === undefined) return [];
  return [
    head,
    "    type: modbus-tcp",
    `    host: ${tcp.host}`,
    `    port: ${tcp.port}`,
    "    timeout: 1s",
  ];
}

function deviceLines(device: DeviceSpec, say: (words: Words) => string): string[] {
  const entry = [
    `  ${device.id}:`,
    `    name: ${quoted(say(device.name))}`,
    `    bus: ${device.line}`,
    `    unit: ${device.unit}`,
  ];
  if (device.maxRegisters < 125) entry.push(`    maxRegisters: ${device.maxRegisters}`);
  const holes = holesOf(device);
  if (holes.length > 0) entry.push(`    holes: [${holes.map((hole) => `[${hole}]`).join(", ")}]`);
  return entry;
}

/** What lies between two spans of the same table must not be read along. */
function holesOf(device: DeviceSpec): string[] {
  return device.spans.flatMap((span, index) => {
    const next = device.spans[index + 1];
    return next?.table === span.table ? [`${span.last + 1}, ${next.first - 1}`] : [];
  });
}

/** The pumps of this plant are so strong that a limit is never far; and a faster plant is sooner there. */
function forecastText(speed: number): string {
  const seconds = (plantS: number): string => `${Math.max(6, Math.round(plantS / speed))}s`;
  return `forecast: { within: ${seconds(80)}, over: ${seconds(60)} }`;
}

function pointLines(
  instrument: Instrument,
  {
    say,
    note,
    forecast,
  }: {
    readonly say: (words: Words) => string;
    readonly note: (key: keyof typeof siteNotes) => string[];
    readonly forecast: string;
  },
): string[] {
  const { tag, report, limits } = instrument;
  const lesson = Object.hasOwn(siteNotes, tag) ? note(tag as keyof typeof siteNotes) : [];
  const entry = [
    ...lesson.map((line) => `  ${line}`),
    `  ${tag}:`,
    `    name: ${quoted(say(instrument.name))}`,
    `    device: ${instrument.device}`,
    `    register: ${registerText(instrument)}`,
    `    kind: ${instrument.kind}`,
    ...(instrument.gas === undefined ? [] : [`    gas: ${instrument.gas}`]),
    ...(instrument.unit === "" ? [] : [`    unit: ${quoted(instrument.unit)}`]),
    `    range: [${instrument.range.join(", ")}]`,
    ...scaleLines(instrument),
    `    decimals: ${instrument.decimals}`,
    `    every: ${instrument.every}`,
  ];
  if (report)
    entry.push(`    report: { deadband: ${number(report.deadband)}, max: ${report.max} }`);
  if (limits) entry.push(`    limits: ${limitText(limits, forecast)}`);
  return entry;
}

function registerText({ register }: Instrument): string {
  const fields = [
    `table: ${register.table}`,
    `address: ${register.address}`,
    `type: ${register.type}`,
  ];
  if (register.order !== undefined) fields.push(`order: ${register.order}`);
  if (register.decimalsAt !== undefined) fields.push(`decimalsAt: ${register.decimalsAt}`);
  if (register.sentinels !== undefined)
    fields.push(`sentinels: [${register.sentinels.join(", ")}]`);
  if (register.status !== undefined) {
    const rules = register.status.rules.map(({ bit, equals, quality }) => {
      const when = bit === undefined ? `equals: ${equals}` : `bit: ${bit}`;
      return `{ ${when}, quality: ${quality} }`;
    });
    fields.push(`status: { address: ${register.status.address}, rules: [${rules.join(", ")}] }`);
  }
  return `{ ${fields.join(", ")} }`;
}

function scaleLines({ scale }: Instrument): string[] {
  if (scale.kind === "factor") return [`    scale: { factor: ${scale.factor} }`];
  if (scale.kind === "loop") return [`    scale: { loop: [${scale.counts.join(", ")}] }`];
  return [];
}

const limitNames = ["ll", "l", "h", "hh", "gas1", "gas2"] as const;

function limitText(limits: LimitSpec, forecast: string): string {
  const fields = limitNames.flatMap((name) => {
    const at = limits[name];
    if (at === undefined) return [];
    const own = [`at: ${number(at)}`];
    if (name === "h" && limits.priorityOfH) own.push(`priority: ${limits.priorityOfH}`);
    if ((name === "l" || name === "h") && limits.onDelay) own.push(`onDelay: ${limits.onDelay}`);
    return [`${name}: ${own.length === 1 ? number(at) : `{ ${own.join(", ")} }`}`];
  });
  if (limits.deadband !== undefined) fields.push(`deadband: ${number(limits.deadband)}`);
  if (limits.isForecast === true) fields.push(forecast);
  if (limits.frozen !== undefined) fields.push(`frozen: ${limits.frozen}`);
  return `{ ${fields.join(", ")} }`;
}

function tankLines(tank: TankSpec, say: (words: Words) => string): string[] {
  const tags = instruments.filter(({ tank: own }) => own === tank.id).map(({ tag }) => tag);
  return [
    `  ${tank.id}:`,
    `    name: ${quoted(say(tank.name))}`,
    `    medium: ${tank.medium}`,
    `    cas: ${quoted(tank.cas)}`,
    `    capacity: ${tank.capacityM3}`,
    ...(tank.hazard === null ? [] : [`    hazard: ${tank.hazard}`]),
    `    points: [${tags.join(", ")}]`,
  ];
}

/** Without the tail of binary fractions. */
function number(value: number): string {
  return String(Number(value.toPrecision(9)));
}

/** A JSON string is a YAML string. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
