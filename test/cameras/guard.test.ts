/** No camera, DNS server or discovery answer leads us to an address that the site file does not allow. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLoopback, isNeverAllowed, readUrl } from "../../drivers/cameras/addressForms.ts";
import { createAddressGuard } from "../../drivers/cameras/addressGuard.ts";

const plant = createAddressGuard({ hosts: ["192.168.1.64"], networks: ["192.168.1.0/24"] });
const wide = createAddressGuard({ hosts: [], networks: ["0.0.0.0/0", "::/0"] });
const single = createAddressGuard({ hosts: ["192.168.1.64"], networks: [] });
const never = new AbortController().signal;

/** Each must be refused, also where every network is allowed. */
const hostile = [
  // Loopback in every form.
  ...["http://127.0.0.1/", "http://127.255.255.254/x", "https://[::1]/", "rtsp://127.0.0.1:554/"],
  ...["http://localhost/", "http://LOCALHOST:80/", "http://localhost.localdomain/"],
  ...["http://[0:0:0:0:0:0:0:1]/", "http://[::0001]/"],
  // Link-local, unspecified, multicast, broadcast, reserved.
  ...["http://169.254.169.254/latest/meta-data/", "http://169.254.1.1/onvif/device_service"],
  ...[
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
  ],
  ...["http://0.0.0.0/", "http://0.1.2.3/", "http://[::]/", "rtsp://239.255.255.250/"],
  ...["http://224.0.0.1/", "http://[ff02::1]/", "http://255.255.255.255/", "http://240.0.0.1/"],
  // IPv4 written otherwise; rtsp is no special scheme to URL parsers.
  ...["http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/"],
  ...["http://127.1/", "http://127.0.1/", "http://3232235840/", "http://0xC0A80140/"],
  ...["http://192.168.1.064/", "http://192.168.001.64/", "http://192.168.1.0x40/", "http://0/"],
  ...["rtsp://2130706433/", "rtsp://0x7f000001/", "rtsp://127.1/", "rtsp://017700000001/"],
  ...[
    "http://192.168.1.64./",
    "http://192.168.1.256/",
    "http://１９２.168.1.64/",
    "http://192。168.1.64/",
  ],
  // IPv4 inside IPv6.
  ...["http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:192.168.1.64]/"],
  ...[
    "http://[0:0:0:0:0:ffff:c0a8:140]/",
    "http://[::ffff:0:192.168.1.64]/",
    "http://[::127.0.0.1]/",
  ],
  ...["http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/"],
  ...["http://[2001:0:1::]/", "http://[::c0a8:140]/"],
  // User names, and hosts that two parsers would read in two ways.
  ...[
    "http://admin@192.168.1.64/",
    "http://a:b@192.168.1.64/",
    "http://192.168.1.64@evil.example/",
  ],
  ...[
    "http://192.168.1.64:80@127.0.0.1/",
    "http://@192.168.1.64/",
    "http://192.168.1.64\\@evil.example/",
  ],
  ...[
    "http://evil.example\\@192.168.1.64/",
    "http://192.168.1.64%2eevil.example/",
    "http://192.168.1.64%00/",
  ],
  ...["http:/192.168.1.64/", "http:192.168.1.64/", "//192.168.1.64/", "http:///192.168.1.64/"],
  ...[
    "http://192.168.1.64#@evil.example/",
    "http://192.168.1.64/#a",
    "http://192.168.1.64 .evil.example/",
  ],
  ...[
    "http://192.168.1.64\t.evil.example/",
    "http://192.168.1.64\r\nHost: x/",
    "h\nttp://192.168.1.64/",
  ],
  ...[
    "http://evil.example#192.168.1.64/",
    "http://evil.example?192.168.1.64",
    "http://evil。example/",
  ],
  ...['http://192.168.1.64/"x', "http://192.168.1.64/<script>", "rtsp://192.168.1.64/`id`"],
  // Names that nobody wrote, and other schemes.
  ...["http://evil.example/", "http://192.168.1.64.nip.io/", "http://metadata.google.internal/"],
  ...[
    "file:///etc/passwd",
    "ftp://192.168.1.64/",
    "gopher://192.168.1.64/",
    "javascript:1",
    "data:,x",
    "",
  ],
  ...["unix:/run/x.sock", "http+unix://x/", "rtmp://192.168.1.64/", "rtspu://192.168.1.64/"],
  // Ports of the plant and of the box.
  ...[
    "http://192.168.1.64:502/",
    "http://192.168.1.64:22/",
    "http://192.168.1.64:1883/",
    "rtsp://192.168.1.64:102/",
  ],
  ...[
    "http://192.168.1.64:0/",
    "http://192.168.1.64:65536/",
    "http://192.168.1.64:99999/",
    "http://192.168.1.64:-1/",
  ],
  ...[
    "http://192.168.1.64:8o/",
    "http://192.168.1.64:80:80/",
    `http://192.168.1.64/${"a".repeat(3000)}`,
  ],
];
const foreign = [
  ...["http://192.168.2.64/", "http://10.0.0.1/", "http://8.8.8.8/", "rtsp://192.168.0.255/"],
  ...["http://[2001:db8::1]/", "http://[fd00::1]/"],
];

describe("the address guard", () => {
  test("refuses every hostile address, even where all networks are allowed", () => {
    const let_in = hostile.filter((text) =>
      [plant, single, wide].some((guard) => guard.checkedUrl(text).ok),
    );
    expect(let_in).toEqual([]);
    expect(hostile.length).toBeGreaterThan(90);
  });

  test("refuses addresses of other networks, and takes those of its own", () => {
    expect(foreign.filter((text) => plant.checkedUrl(text).ok)).toEqual([]);
    for (const text of [
      ...[
        "http://192.168.1.64/onvif/device_service",
        "https://192.168.1.64/",
        "rtsp://192.168.1.9:8554/a?b=c",
      ],
      ...[
        "http://192.168.1.64:2020/onvif",
        "http://192.168.1.64",
        "  http://192.168.1.64/ ",
        "HTTP://192.168.1.64/",
      ],
    ]) {
      expect(plant.checkedUrl(text), text).toMatchObject({ ok: true });
    }
    expect(single.checkedUrl("http://192.168.1.64/").ok).toBe(true);
    expect(single.checkedUrl("http://192.168.1.65/").ok).toBe(false);
    expect(plant.checkedUrl("http://192.168.1.64:22/").ok).toBe(false);
    const written = createAddressGuard({ hosts: ["10.1.1.1"], networks: [], ports: [502] });
    expect(written.checkedUrl("http://10.1.1.1:502/").ok).toBe(true);
  });

  test("allows loopback only where the site file writes it", () => {
    expect(wide.allows("127.0.0.1")).toBe(false);
    expect(wide.allows("::1")).toBe(false);
    const sim = createAddressGuard({ hosts: ["127.0.0.1"], networks: [] });
    expect(sim.allows("127.0.0.1")).toBe(true);
    expect(sim.allows("127.0.0.2")).toBe(false);
    const whole = createAddressGuard({ hosts: [], networks: ["127.0.0.0/8"] });
    expect(whole.allows("127.3.2.1")).toBe(true);
    expect(whole.allows("::ffff:127.0.0.1")).toBe(false);
    const six = createAddressGuard({ hosts: ["[::1]"], networks: [] });
    expect(six.checkedUrl("http://[::1]:8080/").ok).toBe(true);
  });

  test("checks what a name resolves to, each time anew", async () => {
    let answers = ["192.168.1.64"];
    const guard = createAddressGuard({
      hosts: ["cam.plant"],
      networks: ["192.168.1.0/24"],
      lookup: async () => answers.map((address) => ({ address, family: 4 })),
    });
    expect(await guard.resolve("cam.plant", never)).toEqual({
      ok: true,
      value: { address: "192.168.1.64", family: 4 },
    });
    for (const rebound of [
      "127.0.0.1",
      "169.254.169.254",
      "10.0.0.5",
      "::ffff:192.168.1.64",
      "::1",
    ]) {
      answers = [rebound];
      expect(await guard.resolve("cam.plant", never), rebound).toMatchObject({
        error: { kind: "notAllowed" },
      });
    }
    answers = ["127.0.0.1", "192.168.1.65"];
    expect(await guard.resolve("cam.plant", never)).toMatchObject({
      value: { address: "192.168.1.65" },
    });
    expect(await guard.resolve("other.plant", never)).toMatchObject({
      error: { kind: "notAllowed" },
    });
    expect(await guard.resolve("2130706433", never)).toMatchObject({ ok: false });
  });

  test("without networks takes what a written name resolves to, but never the box itself", async () => {
    let answer = "10.2.0.7";
    const guard = createAddressGuard({
      hosts: ["cam.plant"],
      networks: [],
      lookup: async () => [{ address: answer, family: 4 }],
    });
    expect(guard.allows("10.2.0.7")).toBe(false);
    expect((await guard.resolve("cam.plant", never)).ok).toBe(true);
    expect(guard.allows("10.2.0.7")).toBe(true);
    answer = "127.0.0.1";
    expect((await guard.resolve("cam.plant", never)).ok).toBe(false);
  });

  test("gives up a name that nobody resolves when told to stop, and says an unknown one", async () => {
    const stop = new AbortController();
    const silent = createAddressGuard({
      hosts: ["cam.plant"],
      networks: [],
      lookup: () => new Promise(() => {}),
    });
    const asked = silent.resolve("cam.plant", stop.signal);
    stop.abort();
    expect(await asked).toMatchObject({ error: { kind: "aborted" } });
    const unknown = createAddressGuard({
      hosts: ["cam.plant"],
      networks: [],
      lookup: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })),
    });
    expect(await unknown.resolve("cam.plant", never)).toMatchObject({
      error: { kind: "unreachable", message: expect.stringContaining("ENOTFOUND") },
    });
  });

  test("leads what a camera says of itself back to the host we know, and says so", () => {
    expect(
      plant.adopt("http://169.254.9.9/onvif/media http://192.168.1.64/onvif/media", "192.168.1.64"),
    ).toEqual({ ok: true, value: { url: "http://192.168.1.64/onvif/media", rewrittenFrom: null } });
    expect(plant.adopt("rtsp://10.0.0.9:8554/live?a=1", "192.168.1.64")).toEqual({
      ok: true,
      value: {
        url: "rtsp://192.168.1.64:8554/live?a=1",
        rewrittenFrom: "rtsp://10.0.0.9:8554/live?a=1",
      },
    });
    const named = plant.adopt("rtsp://admin:secret@10.0.0.9/live", "192.168.1.64");
    expect(named).toMatchObject({ value: { url: "rtsp://192.168.1.64/live" } });
    expect(JSON.stringify(named)).not.toContain("secret");
  });

  test("whatever a camera says, what is adopted is at the host we know and on a port of cameras", () => {
    const piece = fc.oneof(
      fc.constantFrom(...hostile, ...foreign),
      fc.webUrl({ validSchemes: ["http", "rtsp"], withQueryParameters: true }),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 3 }), (pieces) => {
        const adopted = plant.adopt(pieces.join(" "), "192.168.1.64");
        if (!adopted.ok) return adopted.error.kind === "notAllowed";
        // Whatever another parser makes of it, too.
        const read = new URL(adopted.value.url);
        return (
          plant.checkedUrl(adopted.value.url).ok &&
          read.hostname === "192.168.1.64" &&
          read.username === "" &&
          read.password === ""
        );
      }),
      { numRuns: 3_000 },
    );
  });

  test("agrees with the platform's own URL parser on every address that it takes", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (text, extra) => {
        const read = readUrl(text + extra);
        if (read === null) return true;
        const other = new URL((text + extra).trim());
        return other.hostname.replace(/^\[|\]$/g, "") === read.host;
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.ipV4(), (ip) => readUrl(`http://${ip}/`)?.host === ip),
      { numRuns: 500 },
    );
  });

  test("knows every address that is nobody's camera", () => {
    for (const ip of ["169.254.0.1", "224.0.0.1", "0.0.0.0", "::", "fe80::1", "ff02::1", "x", ""]) {
      expect(isNeverAllowed(ip), ip).toBe(true);
    }
    for (const ip of ["192.168.1.1", "10.0.0.1", "fd00::1", "2001:db8::1"]) {
      expect(isNeverAllowed(ip) || isLoopback(ip), ip).toBe(false);
    }
  });
});
