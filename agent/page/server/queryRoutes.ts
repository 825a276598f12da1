/** What the page asks for: history, trends, reports, system, inspection, the audit log. */

import { createReadStream } from "node:fs";
import { z } from "zod";
import type { Priority } from "../../../config/words/alarms.ts";
import type { AuditView, ShiftReport } from "../protocol/history.ts";
import type { AuditLine } from "./auditChain.ts";
import { operatorLine } from "./auditLog.ts";
import { type Answer, type Ask, audited, type Desk, json, no, type Route } from "./route.ts";
import type { HistoryQuery, ReportQuery } from "./sources.ts";

const dayMs = 86_400_000;
const auditLinesMax = 1_000;
const tagsMax = 16;

const ms = z.coerce.number().int().min(0).max(8.64e15);
const lang = z.enum(["zh", "en"]).default("zh");
const list = z
  .string()
  .max(2_000)
  .default("")
  .transform((text) => text.split(",").filter((part) => part !== ""));
const span = z.object({ from: ms.optional(), to: ms.optional() });
const historyQuery = span.extend({
  search: z.string().max(100).default(""),
  priority: list,
  type: list,
  event: list,
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  before: z.string().max(200).optional(),
  lang,
});
const trendQuery = span.extend({
  points: list,
  width: z.coerce.number().int().min(10).max(4_000).default(800),
});
const reportQuery = span.extend({ lang });

export const queryRoutes: readonly Route[] = [
  { method: "GET", path: "/api/alarms/history", access: "viewer", handle: history },
  { method: "GET", path: "/api/alarms/history.csv", access: "viewer", handle: historyFile },
  { method: "GET", path: "/api/trend", access: "viewer", handle: trend },
  { method: "GET", path: "/api/report/shift", access: "viewer", handle: shiftReport },
  { method: "GET", path: "/api/report/shift.pdf", access: "viewer", handle: shiftReportFile },
  { method: "GET", path: "/api/system", access: "viewer", handle: system },
  { method: "GET", path: "/api/inspection", access: "viewer", handle: inspection },
  { method: "GET", path: "/api/audit", access: "officer", handle: audit },
  { method: "GET", path: "/api/audit.jsonl", access: "admin", handle: auditFile },
];

function spanOf(
  { from, to }: z.output<typeof span>,
  { desk, defaultMs }: { readonly desk: Desk; readonly defaultMs: number },
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = to ?? desk.clock.now().wallMs;
  return { fromMs: Math.min(from ?? toMs - defaultMs, toMs), toMs };
}

function historyOf(ask: Ask, desk: Desk): (HistoryQuery & { lang: "zh" | "en" }) | null {
  const parsed = historyQuery.safeParse(ask.query);
  if (!parsed.success) return null;
  const { search, priority, type, event, limit, before, lang: asked } = parsed.data;
  const priorities = priority.map(Number).filter(isPriority);
  return {
    ...spanOf(parsed.data, { desk, defaultMs: 7 * dayMs }),
    ...{ search, type, event, limit, before: before ?? null, priority: priorities, lang: asked },
  };
}

function isPriority(value: number): value is Priority {
  return value === 1 || value === 2 || value === 3 || value === 4;
}

async function history(ask: Ask, desk: Desk): Promise<Answer> {
  const query = historyOf(ask, desk);
  return query === null ? no("bad-request") : json(await desk.sources.queries.history(query));
}

function historyFile(ask: Ask, desk: Desk): Promise<Answer> {
  const query = historyOf(ask, desk);
  if (query === null) return Promise.resolve(no("bad-request"));
  const content = desk.sources.queries.historyCsv(query, query.lang);
  const file = { type: "text/csv; charset=utf-8", name: "alarms.csv", content };
  return Promise.resolve({ kind: "file", file });
}

async function trend(ask: Ask, desk: Desk): Promise<Answer> {
  const parsed = trendQuery.safeParse(ask.query);
  if (!parsed.success) return no("bad-request");
  const tags = parsed.data.points;
  if (tags.length === 0 || tags.length > tagsMax) return no("bad-request");
  const known = new Set(desk.sources.site.points.map(({ tag }) => tag));
  if (!tags.every((tag) => known.has(tag))) return no("no-such-point");
  const { width } = parsed.data;
  const time = spanOf(parsed.data, { desk, defaultMs: 3_600_000 });
  return json(await desk.sources.queries.trend({ ...time, tags, width }));
}

async function reportOf(ask: Ask, desk: Desk): Promise<ReportQuery | null> {
  const parsed = reportQuery.safeParse(ask.query);
  if (!parsed.success) return null;
  const time = spanOf(parsed.data, { desk, defaultMs: 8 * 3_600_000 });
  if (time.toMs - time.fromMs > 31 * dayMs) return null;
  const lines = await desk.audit.read({ ...time, linesMax: auditLinesMax });
  const operator = lines.map(operatorLine).reverse();
  return { ...time, lang: parsed.data.lang, operator, handover: handoverOf(lines) };
}

/** The last one of the span. */
function handoverOf(lines: readonly AuditLine[]): ShiftReport["handover"] {
  const line = lines.find(({ did }) => did === "handover");
  if (line === undefined) return null;
  const { to, note } = line.details;
  return { from: line.by, to: String(to), note: String(note), atMs: Date.parse(line.at) };
}

async function shiftReport(ask: Ask, desk: Desk): Promise<Answer> {
  const query = await reportOf(ask, desk);
  return query === null ? no("bad-request") : json(await desk.sources.queries.shiftReport(query));
}

async function shiftReportFile(ask: Ask, desk: Desk): Promise<Answer> {
  const query = await reportOf(ask, desk);
  if (query === null) return no("bad-request");
  const made = await desk.sources.queries.shiftReportPdf(query);
  if (!made.ok)
    return { kind: "refused", refused: { status: 503, retryAfterS: null, body: made.error } };
  const { value: content } = made;
  return { kind: "file", file: { type: "application/pdf", name: "shift.pdf", content } };
}

async function system(_ask: Ask, desk: Desk): Promise<Answer> {
  return json(await desk.sources.queries.system());
}

async function inspection(_ask: Ask, desk: Desk): Promise<Answer> {
  return json(await desk.sources.queries.inspection());
}

async function audit(ask: Ask, desk: Desk): Promise<Answer> {
  const parsed = span.safeParse(ask.query);
  if (!parsed.success) return no("bad-request");
  const time = spanOf(parsed.data, { desk, defaultMs: 30 * dayMs });
  const lines = await desk.audit.read({ ...time, linesMax: auditLinesMax });
  const answer: AuditView = {
    lines: lines.map(operatorLine),
    isCut: lines.length === auditLinesMax,
  };
  return json(answer);
}

async function auditFile(ask: Ask, desk: Desk): Promise<Answer> {
  if (!(await audited(desk, ask, { did: "audit.export", note: "" }))) return no("audit-trouble");
  const content = createReadStream(desk.audit.file);
  return { kind: "file", file: { type: "application/x-ndjson", name: "audit.jsonl", content } };
}
