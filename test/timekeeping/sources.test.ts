/** What real programs print about the clock, and what is made of it. */

import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { createRealClock } from "../../agent/realClock.ts";
import { askSources } from "../../agent/timekeeping/askSources.ts";
import { parseTracking } from "../../agent/timekeeping/chrony.ts";
import { createMachine, readBootId, readUptimeMs } from "../../agent/timekeeping/machine.ts";
import { parseVariables } from "../../agent/timekeeping/ntpd.ts";
import { clockStateOf } from "../../agent/timekeeping/timeSource.ts";
import { parseKernelFlag, parseTimesyncd, spanMs } from "../../agent/timekeeping/timesyncd.ts";

const following =
  "7F000001,127.0.0.1,9,1795546825.691427302,-0.000001141,0.000000170,0.000000212,0.003,0.014,0.327,0.000005345,0.000002311,1.0,Normal\n";
const nobody =
  "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n";
const itself =
  "7F7F0101,,8,1795546820.401775214,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n";

test("chrony that follows a server is synchronised, with its offset in milliseconds", () => {
  const answer = parseTracking(following);
  expect(answer).toEqual({
    source: "chrony",
    isSynchronised: true,
    offsetMs: 0,
    errorMsMax: expect.closeTo(0.0061, 3),
    update: "7F000001 1795546825.691427302",
  });
  expect(clockStateOf(answer!, 0).state).toBe("synchronised");
});

test("an offset of chrony is what must be added to the box's clock", () => {
  // chronyc prints this one as "0.250000000 seconds slow of NTP time".
  const slow = parseTracking(following.replace("-0.000001141", "0.250000000"));
  expect(slow?.offsetMs).toBe(250);
  expect(parseTracking(following.replace("-0.000001141", "-0.25"))?.offsetMs).toBe(-250);
});

test.each([
  ["has no server", nobody],
  ["follows only itself", itself],
  ["lost its leap status", following.replace("Normal", "Not synchronised")],
])("chrony that %s does not vouch for the clock", (_, output) => {
  const answer = parseTracking(output)!;
  expect(clockStateOf(answer, 0).state).toBe("unsynchronised");
});

test("a leap second ahead does not make chrony doubtful", () => {
  expect(parseTracking(following.replace("Normal", "Insert second"))?.isSynchronised).toBe(true);
  expect(parseTracking(following.replace("Normal", "Delete second"))?.isSynchronised).toBe(true);
});

test.each([
  ["an offset", "-0.000001141", "1.5"],
  ["a root dispersion", "0.000002311", "1.200000000"],
  ["a root delay", "0.000005345", "2.500000000"],
])("%s of more than a second is no synchronised clock, whatever chrony says", (_, from, to) => {
  const answer = parseTracking(following.replace(from, to))!;
  expect(answer.isSynchronised).toBe(true);
  expect(clockStateOf(answer, 0)).toMatchObject({ source: "chrony", state: "unsynchronised" });
});

test.each([
  ["nothing", ""],
  ["a daemon that is not there", "506 Cannot talk to daemon\n"],
  ["a shorter line", "7F000001,127.0.0.1,9,1795546825.6,0.1\n"],
  ["no numbers", "a,b,c,d,e,f,g,h,i,j,k,l,m,Normal\n"],
])("%s is no answer of chrony", (_, output) => {
  expect(parseTracking(output)).toBeNull();
});

const show = `Timezone=Asia/Shanghai
LocalRTC=no
CanNTP=yes
NTP=yes
NTPSynchronized=yes
TimeUSec=Fri 2022-02-18 01:30:00 CST
RTCTimeUSec=Fri 2022-02-18 01:30:00 CST
`;
const status = `       Server: 10.43.16.1 (10.43.16.1)
Poll interval: 1min 4s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: C37190C9
    Precision: 4us (-18)
Root distance: 33.637ms (max: 5s)
       Offset: +4.523ms
        Delay: 221us
       Jitter: 0
 Packet count: 1
    Frequency: +39.437ppm
`;

test("timesyncd that heard a server is synchronised while the kernel's flag says so", () => {
  expect(parseKernelFlag(show)).toBe(true);
  const answer = parseTimesyncd(status, true)!;
  expect(answer).toEqual({
    source: "timesyncd",
    isSynchronised: true,
    offsetMs: 4.52,
    errorMsMax: null,
    update: "10.43.16.1 (10.43.16.1) 1",
  });
  expect(clockStateOf(answer, 0).state).toBe("synchronised");
  expect(parseTimesyncd(status, false)?.isSynchronised).toBe(false);
});

test("timesyncd without a packet, or with a server that does not know the time, vouches for nothing", () => {
  const silent =
    "       Server: n/a (10.43.16.1)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n";
  expect(parseTimesyncd(silent, true)?.isSynchronised).toBe(false);
  expect(
    parseTimesyncd(status.replace("Leap: normal", "Leap: not synchronized"), true)?.isSynchronised,
  ).toBe(false);
  expect(parseTimesyncd("Failed to query server: connection refused\n", true)).toBeNull();
});

test("nothing remains of an offset for which timesyncd set the clock", () => {
  expect(
    parseTimesyncd(status.replace("+4.523ms", "+56y 2month 3d 4h 5min 6.5s"), true)?.offsetMs,
  ).toBe(0);
  expect(parseTimesyncd(status.replace("+4.523ms", "-399.5ms"), true)?.offsetMs).toBe(-399.5);
});

test("timesyncd that heard nothing for hours is not believed any more", () => {
  const answer = parseTimesyncd(status, true)!;
  expect(clockStateOf(answer, 8_000_000).state).toBe("synchronised");
  expect(clockStateOf(answer, 10_000_000).state).toBe("unsynchronised");
  // chrony says itself how much it may be wrong meanwhile.
  expect(clockStateOf(parseTracking(following)!, 10_000_000).state).toBe("synchronised");
});

test.each([
  ["+4.523ms", 4.523],
  ["-1min 2.5s", -62_500],
  ["+221us", 0.221],
  ["0", 0],
  ["1h 2min 3s", 3_723_000],
  ["+39,5ms", 39.5],
])("the time span %s", (text, ms) => {
  expect(spanMs(text)).toBeCloseTo(ms, 6);
});

test.each(["", "soon", "5", "5parsec", "ms", "--3s"])("%s is no time span", (text) => {
  expect(spanMs(text)).toBeNull();
});

const variables = `associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd 4.2.6p5@1.2349-o Tue May 3 15:12:50 UTC 2016 (1)",
processor="x86_64", system="Linux/2.6.32-642.11.1.el6.x86_64", leap=00,
stratum=3, precision=-24, rootdelay=11.887, rootdisp=954.054,
refid=10.123.33.1,
reftime=e034dbfe.b2f74add Thu, Mar 14 2019 9:56:14.699,
clock=e034dc88.5dfe9773 Thu, Mar 14 2019 9:58:32.367, peer=36494, tc=5,
mintc=3, offset=-0.720, frequency=16.644, sys_jitter=0.098,
clk_jitter=5.623, clk_wander=2.500
`;

test("ntpd that follows a server is synchronised within what it admits", () => {
  const answer = parseVariables(variables)!;
  expect(answer).toEqual({
    source: "ntpd",
    isSynchronised: true,
    offsetMs: -0.72,
    errorMsMax: expect.closeTo(960.72, 1),
    update: "e034dbfe.b2f74add",
  });
  expect(clockStateOf(answer, 0).state).toBe("synchronised");
  const vague = parseVariables(variables.replace("rootdisp=954.054", "rootdisp=1954.054"))!;
  expect(clockStateOf(vague, 0).state).toBe("unsynchronised");
});

test.each([
  ["nobody", "status=c012 leap_alarm, sync_unspec, 1 event"],
  ["its own clock", "status=0515 leap_none, sync_local, 1 event"],
])("ntpd that follows %s does not vouch for the clock", (_, words) => {
  const answer = parseVariables(
    variables.replace("status=0615 leap_none, sync_ntp, 1 event", words),
  )!;
  expect(answer).toMatchObject({ isSynchronised: false, offsetMs: null, errorMsMax: null });
  expect(parseVariables("ntpq: read: Connection refused\n")).toBeNull();
});

/** A box on which these programs print these texts. */
function box(texts: Readonly<Record<string, string>>, touchedMs: number | null = null) {
  const asked: string[] = [];
  return {
    asked,
    async run({ program, args }: { readonly program: string; readonly args: readonly string[] }) {
      const command = [program, ...args].join(" ");
      asked.push(command);
      return texts[command] ?? null;
    },
    read: async () => null,
    modifiedMs: async () => touchedMs,
  };
}

const never = new AbortController().signal;

test("the first source that answers is taken, and the next one is not asked", async () => {
  const chrony = box({ "chronyc -n -c tracking": following });
  expect((await askSources(chrony, never))?.source).toBe("chrony");
  expect(chrony.asked).toHaveLength(1);
  const timesyncd = box({ "timedatectl show": show, "timedatectl timesync-status": status });
  expect((await askSources(timesyncd, never))?.source).toBe("timesyncd");
  const ntpd = box({ "timedatectl show": show, "ntpq -n -c rv": variables });
  expect((await askSources(ntpd, never))?.source).toBe("ntpd");
});

test("with nobody but the kernel's flag or a touched file there is no offset", async () => {
  const kernel = await askSources(box({ "timedatectl show": show }), never);
  expect(kernel).toMatchObject({ source: "system", isSynchronised: true, offsetMs: null });
  const off = box({ "timedatectl show": show.replace("Synchronized=yes", "Synchronized=no") });
  expect(await askSources(off, never)).toMatchObject({ isSynchronised: false });
  const touched = await askSources(box({}, 1_700_000_000_000), never);
  expect(touched).toMatchObject({ source: "timesyncd", isSynchronised: true, offsetMs: null });
  expect(touched?.update).not.toBe((await askSources(box({}, 1_700_000_060_000), never))?.update);
  expect(await askSources(box({}), never)).toBeNull();
});

test("a program that is missing, fails, talks for ever or hangs is no answer, and what is real is read", async () => {
  const machine = createMachine();
  const run = (program: string, ...args: string[]) => machine.run({ program, args, signal: never });
  expect(await run("echo", "hello")).toBe("hello\n");
  expect(await run("no-such-program-of-time")).toBeNull();
  expect(await run("false")).toBeNull();
  expect(await run("yes")).toBeNull();
  const stop = new AbortController();
  const hanging = machine.run({ program: "sleep", args: ["60"], signal: stop.signal });
  stop.abort();
  expect(await hanging).toBeNull();
  expect(await run("sh", "-c", "echo $LC_ALL")).toBe("C\n");
  expect(await readBootId(machine)).toMatch(/^[0-9a-f-]{36}$/);
  const uptimeMs = (await readUptimeMs(machine))!;
  // On a machine that never slept both count from the boot.
  expect(uptimeMs).toBeGreaterThan(createRealClock().monotonicMs() - 5_000);
  expect(await machine.read("/no/such/file")).toBeNull();
  expect(await machine.modifiedMs("/no/such/file")).toBeNull();
  expect(await machine.modifiedMs("/proc/self/stat")).toBeGreaterThan(0);
});

test("asking for ever leaves nothing behind, whether the programs are there or not", async () => {
  const machine = createMachine();
  const { signal } = new AbortController();
  for (const program of ["no-such-program-of-time", "true", "false"]) {
    for (let i = 0; i < 5; i += 1) await machine.run({ program, args: [], signal });
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
  const ended = AbortSignal.abort();
  expect(await machine.run({ program: "sleep", args: ["60"], signal: ended })).toBeNull();
});

test("a program that hangs is ended after a few seconds", async () => {
  const answer = await createMachine().run({ program: "sleep", args: ["60"], signal: never });
  expect(answer).toBeNull();
});
