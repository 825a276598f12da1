/** Looking round for cameras, on the loopback interface only: nothing leaves this machine. */

import { createSocket, type Socket } from "node:dgram";
import { afterEach, describe, expect, test } from "vitest";
import { createAddressGuard } from "../../drivers/cameras/addressGuard.ts";
import { discover, listInterfaces } from "../../drivers/cameras/onvif/discovery.ts";
import { clock, never } from "./cameraParts.ts";

const lo = listInterfaces().find(({ address }) => address === "127.0.0.1")!;
const guard = createAddressGuard({ hosts: [], networks: [lo.cidr] });
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** The port of WS-Discovery is fixed by its standard; several may listen. */
async function respond(
  answers: (probe: string) => readonly string[],
): Promise<{ probes: string[] }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  sockets.push(socket);
  const heard: { probes: string[] } = { probes: [] };
  socket.on("message", (message, from) => {
    heard.probes.push(message.toString());
    for (const answer of answers(message.toString())) socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(3702, "0.0.0.0", resolve));
  socket.addMembership("239.255.255.250", "127.0.0.1");
  return heard;
}

function match(urn: string, xaddrs: string, scopes: string): string {
  return `<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Header/><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference xmlns:wsa="x"><wsa:Address>${urn}</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopes}</d:Scopes><d:XAddrs>${xaddrs}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
}

const scopes =
  "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/%E7%BD%90%E5%8C%BA_1 onvif://www.onvif.org/hardware/DS-2CD2";

describe("looking round for cameras", () => {
  test("finds each once by both libraries, and tells which addresses may not be contacted", async () => {
    const heard = await respond(() => [
      match(
        "urn:uuid:1",
        "http://169.254.3.4/onvif/device_service http://127.0.0.1:8000/onvif/device_service",
        scopes,
      ),
      match("urn:uuid:2", "http://8.8.8.8/onvif/device_service", ""),
    ]);
    const found = await discover({ interface: lo, guard, forMs: 2_500, clock, signal: never });
    expect(found).toEqual({
      ok: true,
      value: [
        {
          ...{ urn: "urn:uuid:1", name: "罐区 1", hardware: "DS-2CD2" },
          addresses: [
            { url: "http://169.254.3.4/onvif/device_service", isAllowed: false },
            { url: "http://127.0.0.1:8000/onvif/device_service", isAllowed: true },
          ],
        },
        {
          ...{ urn: "urn:uuid:2", name: "", hardware: "" },
          addresses: [{ url: "http://8.8.8.8/onvif/device_service", isAllowed: false }],
        },
      ],
    });
    // One library asks for transmitters once, the other for three types.
    const types = new Set(heard.probes.map((probe) => /:(\w+)<\/[\w:]*Types/.exec(probe)?.[1]));
    expect([...types].sort()).toEqual(["Device", "NetworkVideoDisplay", "NetworkVideoTransmitter"]);
  });

  test("survives whatever answers: garbage, entities, floods", async () => {
    await respond(() => [
      "",
      "garbage",
      "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
      match(
        "urn:uuid:3",
        "\u001b[2J http://127.0.0.1/ok",
        "onvif://www.onvif.org/name/%1b%5b2J%zz",
      ),
      match("urn:uuid:4", "x ".repeat(20_000), scopes),
      "<a>".repeat(20_000),
      ...Array.from({ length: 100 }, (_, index) =>
        match(`urn:uuid:f${index}`, "http://a/", scopes),
      ),
    ]);
    const found = await discover({ interface: lo, guard, forMs: 1_500, clock, signal: never });
    expect(found.ok).toBe(true);
    const three = found.ok ? found.value.find(({ urn }) => urn === "urn:uuid:3") : null;
    expect(three?.addresses.map(({ url }) => url)).toContain("http://127.0.0.1/ok");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come through
    expect(JSON.stringify(found)).not.toMatch(/\\u001b|\u001b/);
    expect(found.ok && found.value.length <= 512).toBe(true);
  });

  test("finds nobody where nobody is, and ends at once when told to stop", async () => {
    const found = await discover({ interface: lo, guard, forMs: 300, clock, signal: never });
    expect(found).toEqual({ ok: true, value: [] });
    const stop = new AbortController();
    const asked = discover({ interface: lo, guard, forMs: 60_000, clock, signal: stop.signal });
    clock.timer(200, () => stop.abort());
    expect(await asked).toMatchObject({ error: { kind: "aborted" } });
  });
});
