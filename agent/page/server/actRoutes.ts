/** What officers do: alarms, hand-over, transfers, and scenarios over a simulated plant. */

import { z } from "zod";
import { alarmTypes } from "../../../config/words/alarms.ts";
import { alarmActs } from "../protocol/alarms.ts";
import type { TransferView } from "../protocol/scenes.ts";
import { type Answer, type Ask, audited, type Desk, json, no, type Route } from "./route.ts";

const text = z.string().max(500);
const actBody = z.strictObject({
  do: z.enum(alarmActs),
  alarms: z
    .array(z.strictObject({ source: z.string().max(200), type: z.enum(alarmTypes) }))
    .min(1)
    .max(500),
  reason: text,
  note: text,
  forMs: z
    .number()
    .positive()
    .max(365 * 86_400_000)
    .optional(),
});
const handoverBody = z.strictObject({
  to: z.string().trim().min(1).max(40),
  note: z.string().max(4_000),
});
const transferBody = z.strictObject({
  tank: z.string().max(64),
  note: text,
  forMs: z.number().positive().max(86_400_000),
});
const scenarioBody = z.strictObject({ name: z.string().max(64), do: z.enum(["start", "stop"]) });

export const actRoutes: readonly Route[] = [
  { method: "POST", path: "/api/alarms/act", access: "officer", handle: act },
  { method: "POST", path: "/api/handover", access: "officer", handle: handOver },
  { method: "GET", path: "/api/transfers", access: "viewer", handle: transfers },
  { method: "POST", path: "/api/transfers", access: "officer", handle: declare },
  { method: "DELETE", path: "/api/transfers/:tank", access: "officer", handle: endTransfer },
  { method: "GET", path: "/api/scenarios", access: "viewer", handle: scenarios },
  { method: "POST", path: "/api/scenarios", access: "officer", handle: setScenario },
];

/** Why is always said, but for the acknowledgement that is one tap under a loud alarm. */
const needReason: ReadonlySet<string> = new Set(["shelve", "out-of-service", "handle"]);
const needTime: ReadonlySet<string> = new Set(["shelve", "out-of-service"]);

async function act(ask: Ask, desk: Desk): Promise<Answer> {
  const body = actBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { forMs, ...rest } = body.data;
  if (needReason.has(rest.do) && rest.reason.trim() === "") return no("reason-missing");
  if (needTime.has(rest.do) && forMs === undefined) return no("time-missing");
  const alarms = rest.alarms.map(({ source, type }) => `${type} ${source}`);
  const time = forMs === undefined ? {} : { forMs };
  const did = `alarm.${rest.do}`;
  const note = [alarms.join(", "), rest.reason, rest.note].filter((part) => part !== "").join("; ");
  const details = { alarms, reason: rest.reason, note: rest.note, ...time };
  if (!(await audited(desk, ask, { did, note: note.slice(0, 1_000), details }))) {
    return no("audit-trouble");
  }
  const answer = await desk.sources.alarms.act({ ...rest, ...time, by: byOf(ask) });
  if (answer.refused.length > 0) {
    const keys = answer.refused.map(({ key }) => key);
    await audited(desk, ask, { did: `${did}.refused`, note: keys.join(", ").slice(0, 1_000) });
  }
  return json(answer);
}

async function handOver(ask: Ask, desk: Desk): Promise<Answer> {
  const body = handoverBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { to, note } = body.data;
  const details = { to, note };
  if (
    !(await audited(desk, ask, {
      did: "handover",
      note: `${to}; ${note}`.slice(0, 1_000),
      details,
    }))
  ) {
    return no("audit-trouble");
  }
  return json({ from: byOf(ask), to, note, atMs: desk.clock.now().wallMs });
}

function transfers(_ask: Ask, desk: Desk): Promise<Answer> {
  return Promise.resolve(json(desk.sources.transfers.now()));
}

async function declare(ask: Ask, desk: Desk): Promise<Answer> {
  const body = transferBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { tank, note, forMs } = body.data;
  if (!desk.sources.site.tanks.some(({ id }) => id === tank)) return no("no-such-tank");
  const said = `${tank}; ${note}`;
  if (!(await audited(desk, ask, { did: "transfer", note: said, details: { tank, forMs } }))) {
    return no("audit-trouble");
  }
  const at = desk.clock.now();
  const fromMs = at.wallMs;
  const transfer: TransferView = { tank, by: byOf(ask), note, fromMs, untilMs: fromMs + forMs };
  desk.sources.transfers.declare(transfer, at);
  return json(transfer);
}

async function endTransfer(ask: Ask, desk: Desk): Promise<Answer> {
  const tank = ask.params["tank"] ?? "";
  if (!desk.sources.transfers.now().some((one) => one.tank === tank)) return no("no-such-transfer");
  if (!(await audited(desk, ask, { did: "transfer.end", note: tank }))) return no("audit-trouble");
  return desk.sources.transfers.end(tank) ? json({}) : no("no-such-transfer");
}

function scenarios(_ask: Ask, { sources }: Desk): Promise<Answer> {
  return Promise.resolve(
    sources.scenarios === null ? no("not-simulated") : json(sources.scenarios.now()),
  );
}

async function setScenario(ask: Ask, desk: Desk): Promise<Answer> {
  const body = scenarioBody.safeParse(ask.body);
  const { scenarios: source } = desk.sources;
  if (source === null) return no("not-simulated");
  if (!body.success) return no("bad-request");
  const { name, do: verb } = body.data;
  if (!source.now().some((one) => one.name === name)) return no("no-such-scenario");
  if (!(await audited(desk, ask, { did: `scenario.${verb}`, note: name }))) {
    return no("audit-trouble");
  }
  return (await source.set(name, verb)) ? json(source.now()) : no("no-such-scenario");
}

function byOf({ who }: Ask): string {
  return who?.user.name ?? "-";
}
