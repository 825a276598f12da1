/** Cameras and evidence. The box fetches the pictures: no browser ever speaks to a camera, or learns a password. */

import { z } from "zod";
import { type Answer, type Ask, audited, type Desk, json, no, type Route } from "./route.ts";

const widthMax = 1_920;

const pictureQuery = z.object({
  width: z.coerce.number().int().min(16).max(widthMax).default(widthMax),
});
const viewBody = z.strictObject({ reason: z.string().max(500) });
const evidenceQuery = z.object({ alarm: z.string().min(1).max(100) });

export const cameraRoutes: readonly Route[] = [
  { method: "GET", path: "/api/cameras", access: "viewer", handle: cameras },
  { method: "GET", path: "/api/cameras/:id/picture", access: "viewer", handle: picture },
  { method: "POST", path: "/api/cameras/:id/view", access: "officer", handle: learnView },
  { method: "GET", path: "/api/evidence", access: "viewer", handle: evidence },
  { method: "GET", path: "/api/evidence/:id/:name", access: "viewer", handle: evidenceFile },
];

function cameras(_ask: Ask, { sources }: Desk): Promise<Answer> {
  return Promise.resolve(json(sources.cameras.now()));
}

async function picture(ask: Ask, { sources }: Desk): Promise<Answer> {
  const asked = pictureQuery.safeParse(ask.query);
  if (!asked.success) return no("bad-request");
  const found = await sources.cameras.picture(ask.params["id"] ?? "", asked.data.width);
  return found === null ? no("not-found") : { kind: "picture", picture: found };
}

/** The camera was turned on purpose, or its alarm is about what is meant to be there. */
async function learnView(ask: Ask, desk: Desk): Promise<Answer> {
  const body = viewBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { cameras: source } = desk.sources;
  const camera = ask.params["id"] ?? "";
  if (!source.now().some(({ id }) => id === camera)) return no("not-found");
  const reason = body.data.reason.trim();
  if (reason === "") return no("reason-missing");
  const entry = { did: "camera.view", note: `${camera}; ${reason}`, details: { camera, reason } };
  if (!(await audited(desk, ask, entry))) return no("audit-trouble");
  return source.learnViewAnew(camera) ? json({}) : no("not-found");
}

async function evidence(ask: Ask, { sources }: Desk): Promise<Answer> {
  const asked = evidenceQuery.safeParse(ask.query);
  if (!asked.success) return no("bad-request");
  return json(await sources.cameras.evidenceOf(asked.data.alarm));
}

async function evidenceFile(ask: Ask, { sources }: Desk): Promise<Answer> {
  const { id = "", name = "" } = ask.params;
  const found = await sources.cameras.evidenceFile(id, name);
  return found === null ? no("not-found") : { kind: "stored", stored: found };
}
