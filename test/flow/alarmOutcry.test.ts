import { expect, test } from "vitest";
import { openOutcry } from "../../agent/outcry.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { createLog } from "../../agent/watch/log.ts";
import { siteSchema } from "../../config/site.ts";
import { alarm, facts, postTarget, receiver } from "../announce/parts.ts";
import { until } from "../soak/processes.ts";

test("people are called to what they can see; what a hold hides waits for its end and calls then", async () => {
  const said: string[] = [];
  await using robot = await receiver((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      const { alarms } = JSON.parse(body) as { alarms: { event: string; source: string }[] };
      said.push(...alarms.map(({ event, source }) => `${event} ${source}`));
      response.end("{}");
    });
  });
  const clock = createRealClock();
  const site = siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: { type: "modbus-tcp", host: "h" } },
    devices: { d: { bus: "b", unit: 1 } },
    points: {},
  });
  const outcry = openOutcry({
    ...{ site, facts, clock, random: () => 0.5, onChange: () => {} },
    log: createLog(
      () => {},
      () => clock.monotonicMs(),
    ),
    targets: [postTarget({ url: robot.url, events: ["raise", "re-alarm", "return", "shelve"] })],
  });
  const stop = new AbortController();
  const run = outcry.run(stop.signal);
  outcry.take(alarm({ source: "A", event: "raise", stateAfter: "suppressed" }));
  outcry.take(alarm({ source: "B", event: "raise", stateAfter: "shelved" }));
  outcry.take(alarm({ source: "C", event: "return", stateAfter: "out-of-service" }));
  outcry.take(alarm({ source: "D", event: "shelve", stateAfter: "shelved" }));
  outcry.take(alarm({ source: "E", event: "unshelve", stateAfter: "normal" }));
  outcry.take(alarm({ source: "A", event: "unsuppress", stateAfter: "unacked" }));
  outcry.take(alarm({ source: "F", event: "raise", stateAfter: "unacked" }));
  await until("the last of them", () => said.includes("raise F"));
  expect(said.toSorted()).toEqual(["raise F", "re-alarm A", "shelve D"]);
  stop.abort();
  await run;
});
