/** The box as the bench sees it: an address, a process, and a person who acknowledges. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, loggedIn, password } from "../../pageServer/harness.ts";
import { startHelper } from "../measure/child.ts";
import type { BoxSettings } from "./boxProcess.ts";
import { tagOf } from "./levelPlant.ts";

export interface Box extends AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  readonly admin: Client;
  /** Takes the alarm of a probe off the page once its condition is over. */
  acknowledge(index: number): Promise<void>;
}

export async function startBox(dir: string, site: string): Promise<Box> {
  const siteFile = join(dir, "site.yaml");
  writeFileSync(siteFile, site);
  const settings: BoxSettings = { dataDir: join(dir, "agent"), siteFile };
  const helper = startHelper("page/boxProcess.ts", settings);
  const address = await helper.ask<string>("address");
  const { origin } = new URL(address);
  const login = await fetch(`${origin}/api/login`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ name: "admin", password }),
  });
  const admin = await loggedIn(() => address, login);
  return {
    pid: helper.pid,
    address,
    admin,
    async acknowledge(index) {
      const alarms = [{ source: tagOf(index), type: "HH" }];
      const body = { do: "ack", alarms, reason: "test", note: "" };
      const answer = await admin.send("POST", "/api/alarms/act", body);
      if (!answer.ok) throw new Error(`ack: ${answer.status} ${await answer.text()}`);
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
