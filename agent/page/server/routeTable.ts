/** THE table: every route of the page's server and the least role that may use it. */

import { actRoutes } from "./actRoutes.ts";
import { cameraRoutes } from "./cameraRoutes.ts";
import { loginRoutes } from "./loginRoutes.ts";
import { queryRoutes } from "./queryRoutes.ts";
import type { Access, Route } from "./route.ts";
import { userRoutes } from "./userRoutes.ts";

export const routeTable: readonly Route[] = [
  ...loginRoutes,
  ...actRoutes,
  ...queryRoutes,
  ...cameraRoutes,
  ...userRoutes,
];

/** The live channel is no ordinary route, but has its access like one. */
export const livePath = "/api/live";
export const liveAccess: Access = "viewer";

const rank: Readonly<Record<Access, number>> = { anyone: 0, viewer: 1, officer: 2, admin: 3 };

export function mayUse(has: Access, needs: Access): boolean {
  return rank[has] >= rank[needs];
}
