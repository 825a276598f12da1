/** A site without cameras, as the page's server sees it. */

import type { CameraSource } from "../server/sources.ts";

export const noCameras: CameraSource = {
  now: () => [],
  picture: () => Promise.resolve(null),
  evidenceOf: () => Promise.resolve([]),
  evidenceFile: () => Promise.resolve(null),
};
