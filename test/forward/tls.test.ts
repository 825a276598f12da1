import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { UplinkSecrets } from "../../agent/forward/brokerSocket.ts";
import type { UplinkTrouble } from "../../agent/forward/uplink.ts";
import { createAuthority, type Pair } from "../fakes/certificates.ts";
import { type Mosquitto, startMosquitto } from "../fakes/mosquitto.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";
import { startStation, startTestPlatform, until } from "./station.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-tls-"));
const own = createAuthority(dir, "plant-ca");
const foreign = createAuthority(dir, "foreign-ca");
const server = own.issue("broker");
const box1 = own.issue("plant1");
const box2 = own.issue("plant2");
const platformPair = own.issue("platform");
const stranger = foreign.issue("plant1");

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function secretsOf(pair: Pair | null, ca = own.ca): UplinkSecrets {
  return { ca, ...(pair === null ? {} : { cert: pair.cert, key: pair.key }) };
}

/** The trouble of a box that cannot get in. */
async function troubleOf(url: string, secrets: UplinkSecrets): Promise<UplinkTrouble> {
  await using station = startStation({ settings: { url }, uplink: { secrets } });
  await until("trouble", () => station.uplink.stats().trouble !== null);
  expect(station.uplink.stats().isConnected).toBe(false);
  const { trouble } = station.uplink.stats();
  if (trouble === null) throw new Error("no trouble");
  return trouble;
}

describe("over TLS with a certificate for each box", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({
      tls: { caFile: own.caFile, ...server, requireCertificate: true },
      acl: ["user platform", "topic readwrite hazgate/#", "pattern readwrite hazgate/v1/%u/#"],
    });
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());

  const platformTls = { ca: own.ca, cert: platformPair.cert, key: platformPair.key };

  test("records arrive, and a record on another plant's branch is refused", async () => {
    await using platform = await startTestPlatform({
      url: broker.url,
      protocol: 5,
      tls: platformTls,
    });
    const settings = { url: broker.url };
    await using good = startStation({ settings, uplink: { secrets: secretsOf(box1) } });
    await using bad = startStation({
      settings,
      // Says that it is box2 of plant1; its certificate says plant2.
      outbox: new MemoryOutbox({ site: "plant1", box: "box2" }),
      uplink: { secrets: secretsOf(box2) },
    });
    good.outbox.seal(...Array.from({ length: 100 }, () => ({ lane: "backlog" as const })));
    bad.outbox.seal({ lane: "alarm" });
    await until("all delivered", () => good.outbox.stored === 0);
    await until("refused", () => bad.forwarder.stats().refused > 0);
    expect(bad.outbox.stored).toBe(1);
    // At the receiver, not by the sender's word.
    expect(platform.holds().map(({ site, box, records }) => [site, box, records])).toEqual([
      ["plant1", "box1", 100],
    ]);
  });

  test("a broker whose certificate is of another CA is not trusted, and told which setting to look at", async () => {
    const trouble = await troubleOf(broker.url, secretsOf(box1, foreign.ca));
    expect(trouble.kind).toBe("untrusted");
    expect(trouble.words.en).toContain("check tls.ca");
    expect(trouble.words.zh).toContain("tls.ca");
  });

  test.each([
    ["of another CA with the right name", stranger],
    ["that is missing", null],
  ])("a certificate %s is refused by the broker, said in words", async (_, pair) => {
    const trouble = await troubleOf(broker.url, secretsOf(pair));
    expect(trouble.kind).toBe("untrusted");
    expect(trouble.words.en).toContain("check tls.cert and tls.key");
  });

  test("a key that does not belong to the certificate is said so, before anything is sent", async () => {
    const trouble = await troubleOf(broker.url, { ca: own.ca, cert: box1.cert, key: box2.key });
    expect(trouble.kind).toBe("untrusted");
    expect(trouble.words.en).toContain("belong together");
  });

  test("a file that is no certificate is said so", async () => {
    const noise = Buffer.from("no certificate");
    const trouble = await troubleOf(broker.url, { ca: own.ca, cert: noise, key: noise });
    expect(trouble.kind).toBe("untrusted");
    expect(trouble.words.zh).toContain("证书或密钥文件无法使用");
  });
});

test("a broker certificate for another address is not trusted", async () => {
  const elsewhere = own.issue("elsewhere", "DNS:mqtt.example");
  await using broker = await startMosquitto({
    tls: { caFile: own.caFile, ...elsewhere, requireCertificate: false },
  });
  const trouble = await troubleOf(broker.url, secretsOf(null));
  expect(trouble.kind).toBe("untrusted");
  expect(trouble.words.en).toContain("another name");
});

test("TLS towards a port that speaks none is said so, and the reverse", async () => {
  await using plain = await startMosquitto();
  const tls = await troubleOf(plain.url.replace("mqtt:", "mqtts:"), secretsOf(null));
  expect(tls.kind).toBe("untrusted");
  expect(tls.words.en).toMatch(/does this port speak TLS|speaks no TLS/);
  await using secure = await startMosquitto({
    tls: { caFile: own.caFile, ...server, requireCertificate: false },
  });
  const bare = await troubleOf(secure.url.replace("mqtts:", "mqtt:"), {});
  expect(bare.words.en).toContain("does this port want TLS");
});
