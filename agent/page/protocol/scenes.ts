/** What people declare or try: transfers, and scenarios of the simulated plant. Times are ms since 1970. */

/** GET /api/scenarios, POST /api/scenarios { name, do: "start" | "stop" }: in simulation only. */
export interface ScenarioView {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly isRunning: boolean;
}

/** POST /api/scenarios (officer, simulation only); answer: ScenarioView[]. */
export interface ScenarioRequest {
  readonly name: string;
  readonly do: "start" | "stop";
}

/** POST /api/transfers (officer); answer: TransferView. At most 24 h. */
export interface TransferRequest {
  readonly tank: string;
  readonly note: string;
  readonly forMs: number;
}

/** GET /api/transfers: TransferView[]; DELETE /api/transfers/:tank (officer). A declared transfer explains a falling or rising level. */
export interface TransferView {
  readonly tank: string;
  readonly by: string;
  readonly note: string;
  readonly fromMs: number;
  readonly untilMs: number;
}
