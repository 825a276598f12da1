/** The stable names of the serial adapters that are plugged in now. */

import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { SerialName } from "../../config/checks/serialPorts.ts";

/** udev makes one link per adapter, named by maker, model and serial number. */
const byId = "/dev/serial/by-id";

/** Empty where there is no adapter, or no udev. */
export function serialNames(folder: string = byId): readonly SerialName[] {
  try {
    return readdirSync(folder)
      .sort()
      .flatMap((entry) => {
        const name = join(folder, entry);
        const device = deviceOf(name);
        return device === null ? [] : [{ name, device }];
      });
  } catch {
    return [];
  }
}

function deviceOf(name: string): string | null {
  try {
    return realpathSync(name);
  } catch {
    return null;
  }
}
