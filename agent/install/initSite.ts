/** `hazgate init`: a first site file, by flags or by a short interview; with a point list when one is at hand. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type FirstBus, firstSite } from "../../config/firstSite.ts";
import { loadSite } from "../../config/load.ts";
import { renderFaults } from "../../config/render.ts";
import { topicPattern } from "../../config/shape/ids.ts";
import { type Word, word } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { type CommandIo, exitCode, say } from "../commands/io.ts";
import { importPoints } from "./importPoints.ts";
import { replaceFile } from "./replaceFile.ts";

export interface InitFlags {
  readonly id?: string;
  readonly name?: string;
  readonly enterpriseCode?: string;
  /** Host, or host:port, of Modbus TCP. */
  readonly host?: string;
  /** Serial port. */
  readonly serial?: string;
  readonly baud?: number;
  readonly parity?: string;
}

export interface InitOptions extends InitFlags {
  readonly file: string;
  /** A point list to begin with; null: none. */
  readonly from: string | null;
  readonly base: 0 | 1 | null;
  readonly force: boolean;
  readonly clock: Clock;
  readonly io: CommandIo;
  /** Null: nobody is there to be asked. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

/** @returns the exit code; that of the import where there is a list. */
export async function initSite(options: InitOptions): Promise<number> {
  const { file, io, clock, from, base } = options;
  if (existsSync(file) && !options.force) return told(io, isThere(file), exitCode.usage);
  const answers = await interview(options);
  if (!answers.ok) return told(io, answers.error, exitCode.usage);
  const bus = busOf(answers.value);
  if (!bus.ok) return told(io, bus.error, exitCode.usage);
  const { id = "", name = "", enterpriseCode = null } = answers.value;
  const text = firstSite({ id, name, enterpriseCode, bus: bus.value }, io.lang);
  const loaded = loadSite({ file, text });
  if (!loaded.ok) {
    io.err(renderFaults(loaded.error, { ...io, text }));
    return exitCode.usage;
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, text, clock.now().wallMs);
  } catch (error) {
    return told(io, notWritten(file, error), exitCode.problems);
  }
  io.out(`${say(io.lang, word(`已写入 ${file}`, `written: ${file}`))}\n`);
  if (from === null) return told(io, next(file), exitCode.well);
  return await importPoints({
    ...{ file: from, config: file, sheet: null, base, clock, io, ask: null },
    ...{ replace: false, dryRun: false, yes: true, json: false },
  });
}

/** Flags first; what is missing is asked for, where there is somebody. */
async function interview(options: InitOptions): Promise<Result<InitFlags, Word>> {
  const { ask, io } = options;
  if (ask === null) {
    return options.id === undefined || options.name === undefined ? fail(flagsNeeded) : ok(options);
  }
  const question = async (given: string | undefined, words: Word): Promise<string> =>
    given ?? (await ask(say(io.lang, words)));
  let id = await question(options.id, idQuestion);
  while (!topicPattern.test(id)) {
    io.err(`${say(io.lang, badId)}\n`);
    id = await ask(say(io.lang, idQuestion));
  }
  const name = (await question(options.name, nameQuestion)) || id;
  const enterpriseCode = await question(options.enterpriseCode, codeQuestion);
  const site = { id, name, ...(enterpriseCode === "" ? {} : { enterpriseCode }) };
  return ok({ ...options, ...site, ...(await askedBus(options, ask)) });
}

/** Nothing where a flag or nobody says which bus. */
async function askedBus(
  { host, serial, baud, io }: InitOptions,
  ask: (question: string) => Promise<string>,
): Promise<InitFlags> {
  if (host !== undefined || serial !== undefined) return {};
  const wire = await ask(say(io.lang, wireQuestion));
  if (wire === "") return {};
  if (!wire.includes("/")) return { host: wire };
  const asked = baud ?? Number((await ask(say(io.lang, baudQuestion))) || 9600);
  return { serial: wire, baud: asked };
}

function busOf({ host, serial, baud, parity }: InitFlags): Result<FirstBus | null, Word> {
  if (host !== undefined && serial !== undefined) return fail(oneBus);
  if (serial !== undefined) {
    return ok({
      id: "RS485-1",
      fields: { type: "modbus-rtu", port: serial, baud: baud ?? 9600, parity: parity ?? "none" },
    });
  }
  if (host === undefined) return ok(null);
  const [, name = host, port] = /^(.*):(\d{1,5})$/.exec(host) ?? [];
  const own = port === undefined ? {} : { port: Number(port) };
  return ok({ id: "PLC-1", fields: { type: "modbus-tcp", host: name, ...own } });
}

function told(io: CommandIo, words: Word, code: number): number {
  io.err(`${say(io.lang, words)}\n`);
  return code;
}

const idQuestion = word(
  "站点编号 (英文, MQTT 主题的一部分): ",
  "Site id (letters and digits; part of the MQTT topic): ",
);
const badId = word("只用英文字母、数字和 . _ -", "ASCII letters, digits and . _ - only");
const nameQuestion = word("企业或站点名称: ", "Name of the site: ");
const codeQuestion = word(
  "监管部门发的企业编码 (没有则回车): ",
  "Enterprise code from the authority (Enter: none yet): ",
);
const wireQuestion = word(
  "第一条总线: 设备的 IP 地址, 或串口如 /dev/ttyUSB0 (回车: 以后再写): ",
  "First bus: the IP address of a device, or a serial port such as /dev/ttyUSB0 (Enter: later): ",
);
const baudQuestion = word("波特率 [9600]: ", "Baud rate [9600]: ");
const flagsNeeded = word(
  "没有终端可以提问: 写 --id 和 --name, 例如 hazgate init site.yaml --id my-site --name 某某化工",
  'there is no terminal to ask at: give --id and --name, e.g. hazgate init site.yaml --id my-site --name "My plant"',
);
const oneBus = word(
  "--host 和 --serial 只写一个; 其余总线写在文件里",
  "give --host or --serial, one of them; other buses go into the file",
);

function isThere(file: string): Word {
  return word(
    `${file} 已存在, 不覆盖; 用 --force 覆盖 (原文件留作 .bak)`,
    `${file} is there already and stays; --force replaces it (and keeps the old one as .bak)`,
  );
}

function notWritten(file: string, error: unknown): Word {
  const reason = error instanceof Error ? error.message : String(error);
  return word(`写不了 ${file}: ${reason}`, `cannot write ${file}: ${reason}`);
}

function next(file: string): Word {
  return word(
    `下一步: hazgate import points.xlsx --config ${file}, 再 hazgate check --config ${file}`,
    `next: hazgate import points.xlsx --config ${file}, then hazgate check --config ${file}`,
  );
}
