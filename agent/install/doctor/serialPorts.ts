/** The serial ports of the site file: there, permitted, and free. How they are named is judged by the check. */

import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import type { Site } from "../../../config/site.ts";
import { word } from "../../../config/words/bilingual.ts";
import { lockHolderOf, openerOf } from "../../../drivers/lines/portHolder.ts";
import { serialNames } from "../../../drivers/lines/serialNames.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

/** `isAgentRunning`: then a port that hazgate holds is held as it should be. */
export async function lookAtSerialPorts(
  site: Site,
  isAgentRunning: boolean,
  tell: Tell,
): Promise<void> {
  for (const [id, bus] of Object.entries(site.buses)) {
    if (bus.type === "modbus-rtu") await lookAtPort({ id, port: bus.port, isAgentRunning }, tell);
  }
}

interface Port {
  readonly id: string;
  readonly port: string;
  readonly isAgentRunning: boolean;
}

async function lookAtPort({ id, port, isAgentRunning }: Port, tell: Tell): Promise<void> {
  const { well, doubtful, bad } = findingsOf("serial", tell);
  const device = await realpath(port).catch(() => null);
  if (device === null) {
    const there = serialNames()
      .map(({ name }) => name)
      .join(" ");
    bad(
      word(`${id}: 没有串口 ${port}`, `${id}: there is no port ${port}`),
      there === ""
        ? command("ls -l /dev/serial/by-id /dev/ttyUSB* /dev/ttyS*; dmesg | tail")
        : word(`现有: ${there}`, `there are: ${there}`),
    );
    return;
  }
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch {
    bad(
      word(`${id}: 本用户无权使用 ${port}`, `${id}: this user may not use ${port}`),
      command(`sudo usermod -aG dialout ${userInfo().username}`),
    );
    return;
  }
  const holder = lockHolderOf(device) ?? (await openerOf(device));
  if (holder === null) {
    well(`${id}: ${port} 可用, 空闲`, `${id}: ${port} is there, permitted and free`);
    return;
  }
  if (isAgentRunning && holder.name.startsWith("hazgate")) {
    well(`${id}: ${port} 网关正在用`, `${id}: ${port} is used by the running agent`);
    return;
  }
  const who = `${holder.name} (${holder.pid})`;
  doubtful(
    word(`${id}: ${port} 正被 ${who} 使用`, `${id}: ${port} is held by ${who}`),
    word("如果不是 hazgate 自己, 请停掉它", "if that is not hazgate itself, stop it"),
  );
}
