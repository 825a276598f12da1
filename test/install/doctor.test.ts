/** The doctor on a box whose troubles are real: a broker with certificates, a held port, a serial line, a full word in each. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAtCertificates } from "../../agent/install/doctor/certificates.ts";
import { lookAtClock } from "../../agent/install/doctor/clockLook.ts";
import { examine } from "../../agent/install/doctor/doctor.ts";
import type { DoctorArea, Finding } from "../../agent/install/doctor/finding.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { takeLock } from "../../agent/store/processLock.ts";
import { createMachine, type Machine } from "../../agent/timekeeping/machine.ts";
import { wallMs } from "../../config/words/time.ts";
import { createAuthority } from "../fakes/certificates.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { type Mosquitto, startMosquitto } from "../fakes/mosquitto.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-doctor-"));
const own = createAuthority(dir, "plant-ca");
const foreign = createAuthority(dir, "foreign-ca");
const server = own.issue("broker");
const box = own.issue("plant1");
const other = own.issue("plant2");
const clock = createRealClock();
const signal = new AbortController().signal;
let broker: Mosquitto;

beforeAll(async () => {
  broker = await startMosquitto({
    tls: { caFile: own.caFile, ...server, requireCertificate: true },
    acl: ["pattern readwrite hazgate/v1/%u/#"],
  });
});
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

interface Given {
  readonly url?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly listen?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly site?: string;
}

function siteFile(given: Given): string {
  const { url = broker.url, ca = own.caFile, cert = box.certFile, key = box.keyFile } = given;
  const file = join(dir, "site.yaml");
  const buses =
    given.port === undefined ? "{}" : `{ line: { type: modbus-rtu, port: "${given.port}" } }`;
  writeFileSync(
    file,
    `site: { id: ${given.site ?? "plant1"}, name: P }
buses: ${buses}
devices: {}
points: {}
page: { listen: "${given.listen ?? "127.0.0.1:0"}" }
uplinks: { city: { type: mqtt, url: "${url}", tls: { ca: "${ca}", cert: "${cert}", key: "${key}" } } }
`,
  );
  chmodSync(key, 0o600);
  return file;
}

async function findings(given: Given = {}): Promise<readonly Finding[]> {
  const config = siteFile(given);
  const text = readFileSync(config, "utf8");
  const found: Finding[] = [];
  const dataDir = given.dataDir ?? join(dir, "data");
  const machine = createMachine();
  await examine({ config, text, dataDir, clock, machine, signal }, (one) => found.push(one));
  return found;
}

function asCommand(...words: string[]) {
  const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
  const line = [door, "doctor", "--data", join(dir, "data"), ...words];
  return spawnSync(process.execPath, line, { encoding: "utf8" });
}

function badIn(found: readonly Finding[], area: DoctorArea): string {
  return found
    .filter((one) => one.area === area && one.state === "bad")
    .map(({ seen, cure }) => `${seen.en} -> ${cure?.en}`)
    .join("\n");
}

describe("hazgate doctor", () => {
  test("a box that is well has nothing bad, up to the subscription at the broker", async () => {
    const found = await findings();
    expect(found.filter(({ state }) => state === "bad")).toEqual([]);
    const uplink = found.filter(({ area }) => area === "uplink").map(({ seen }) => seen.en);
    expect(uplink.join("\n")).toMatch(/port .* is open.*TLS stands.*logged in/s);
    expect(
      found.every(({ seen, cure }) => seen.zh !== "" && (cure === null || cure.zh !== "")),
    ).toBe(true);
  });

  test("the running agent is not thrown out: it keeps its own client id", async () => {
    const agent = await connectAsync(broker.url, {
      ...{ clientId: "hazgate:plant1:box1", reconnectPeriod: 0, protocolVersion: 5 },
      ...{ ca: own.ca, cert: box.cert, key: box.key },
    });
    let isThrownOut = false;
    agent.on("close", () => {
      isThrownOut = true;
    });
    await findings();
    expect([isThrownOut, agent.connected]).toEqual([false, true]);
    await agent.endAsync();
  });

  test.each([
    ["nothing listens there", { url: "mqtts://127.0.0.1:9" }],
    ["nobody knows the name", { url: "mqtts://no-such-host.invalid:8883" }],
    ["check tls.ca", { ca: foreign.caFile }],
  ] as const)("the step to the platform that fails is named: %s", async (words, given) => {
    expect(badIn(await findings(given), "uplink")).toContain(words);
  });

  test("a certificate of another plant gets in but may not listen: told which topics it needs", async () => {
    const { certFile: cert, keyFile: key } = other;
    expect(badIn(await findings({ cert, key }), "uplink")).toContain("hazgate/v1/plant1/box1/ack");
  });

  test("a key of another certificate, and a certificate that is no PEM, are told by their file", async () => {
    const strange = badIn(await findings({ key: other.keyFile }), "certificates");
    expect(strange).toContain(`the key ${other.keyFile} is of another certificate`);
    const broken = join(dir, "broken.pem");
    writeFileSync(broken, "not a certificate");
    expect(badIn(await findings({ cert: broken }), "certificates")).toContain(broken);
  });

  test("certificates are told before they end, and when the clock is behind their beginning", async () => {
    const lasting = join(dir, "lasting.pem");
    execFileSync("openssl", [
      ...["req", "-x509", "-new", "-key", box.keyFile, "-subj", "/CN=p", "-days", "90"],
      ...["-out", lasting],
    ]);
    const at = async (nowMs: number): Promise<Finding["state"][]> => {
      const found: Finding[] = [];
      const files = [{ of: "city", ca: null, cert: lasting, key: null }];
      await lookAtCertificates(files, nowMs, (one) => found.push(one));
      return found.map(({ state }) => state);
    };
    const dayMs = 86_400_000;
    const endMs = new X509Certificate(readFileSync(lasting)).validToDate.getTime();
    expect(await at(endMs - 40 * dayMs)).toEqual(["well"]);
    expect(await at(endMs - 10 * dayMs)).toEqual(["doubtful"]);
    expect(await at(endMs + dayMs)).toEqual(["bad"]);
    expect(await at(0)).toEqual(["bad"]);
  });

  test("a port of the page that another program has; not when that program is the agent", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const listen = `127.0.0.1:${port}`;
    expect(badIn(await findings({ listen }), "page")).toContain(`sport = :${port}`);
    // The lock of the data folder says that an agent runs.
    const dataDir = join(dir, "running");
    await findings({ dataDir });
    const lock = takeLock(join(dataDir, "journal.db.lock"));
    if (!lock.ok) throw new Error(lock.error.message);
    expect(badIn(await findings({ listen, dataDir }), "page")).toBe("");
    lock.value[Symbol.dispose]();
    expect(badIn(await findings({ listen: "192.0.2.7:80" }), "page")).toContain("EADDRNOTAVAIL");
    server.close();
  });

  test("a data folder that cannot be, and one that a power cut takes away", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    expect(badIn(await findings({ dataDir: join(file, "data") }), "data")).toContain("install -d");
    const shared = mkdtempSync("/dev/shm/hazgate-doctor-");
    expect(badIn(await findings({ dataDir: shared }), "data")).toContain("kept in memory");
    rmSync(shared, { recursive: true });
  });

  test("a serial port that is not there, and one that another program holds", async () => {
    expect(badIn(await findings({ port: "/dev/ttyNOT" }), "serial")).toContain(
      "no port /dev/ttyNOT",
    );
    // It begins before the pseudo-terminal is there: a child inherits the far end.
    const program = fileURLToPath(new URL("../drivers/portChild.ts", import.meta.url));
    const holder = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
    await using device = new ModbusRtuDevice();
    holder.stdin.write(`locked ${device.path}\n`);
    await once(holder.stdout, "data");
    const seenOf = async (): Promise<string> =>
      (await findings({ port: device.path })).map(({ seen }) => seen.en).join("\n");
    expect(await seenOf()).toContain(`is held by portChild.ts (${holder.pid})`);
    const gone = once(holder, "exit");
    holder.stdin.end();
    await gone;
    expect(await seenOf()).toContain(`${device.path} is there, permitted and free`);
  });

  test("a clock that a power cut has set back, and one that nobody keeps", async () => {
    const at = async (ms: number): Promise<Finding | undefined> => {
      const found: Finding[] = [];
      const machine: Machine = {
        run: () => Promise.resolve(null),
        read: () => Promise.resolve(null),
        modifiedMs: () => Promise.resolve(null),
      };
      const now = { ...clock.now(), wallMs: wallMs(ms) };
      await lookAtClock({ clock: { ...clock, now: () => now }, machine, signal }, (one) =>
        found.push(one),
      );
      return found[0];
    };
    expect(await at(86_400_000)).toMatchObject({ state: "bad" });
    expect(await at(Date.UTC(2030, 1, 1))).toMatchObject({
      state: "doubtful",
      cure: { en: expect.stringContaining("chrony") },
    });
  });

  test("as a command: lines with what mends it, in the reader's language, and the exit code", () => {
    const config = siteFile({ url: "mqtts://127.0.0.1:9" });
    const away = asCommand("--config", config, "--lang", "zh");
    expect(away.stdout).toContain("没有程序在该端口监听");
    expect(away.stdout).toMatch(/-> ping -c 3 127\.0\.0\.1/);
    expect(away.status).toBe(4);
    const none = asCommand("--config", join(dir, "none.yaml"), "--json");
    expect(JSON.parse(none.stdout).findings).toContainEqual(
      expect.objectContaining({ area: "site", state: "bad" }),
    );
    expect(none.status).toBe(1);
  });
});
