/** Cameras and evidence. The box fetches the pictures: no browser ever speaks to a camera, or learns a password. */

import { z } from "zod";
import { type Answer, type Ask, type Desk, json, no, type Route } from "./route.ts";

const widthMax = 1_920;

const pictureQuery = z.object({
  width: z.coerce.number().int().min(16).max(widthMax).default(widthMax),
});
const evidenceQuery = z.object({ alarm: z.string().min(1).max(100) });

export const cameraRoutes: readonly Route[] = [
  { method: "GET", path: "/api/cameras", access: "viewer", handle: cameras },
  { method: "GET", path: "/api/cameras/:id/picture", access: "viewer", handle: picture },
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
