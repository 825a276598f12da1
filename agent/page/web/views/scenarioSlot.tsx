/** Where the scenarios of a simulated plant are offered. */

import { lazyView } from "../lazyView.tsx";

export const ScenarioSlot = lazyView(() =>
  import("./scenarioBar.tsx").then((code) => code.ScenarioBar),
);
