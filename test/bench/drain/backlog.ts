/** The readings that wait in the journal when the line comes back: the same in every process of the section. */

import { tankData } from "../journal/tankData.ts";

export interface Backlog {
  readonly tags: number;
  readonly seconds: number;
}

export const backlogStartMs = 1_767_225_600_000;

export function backlogData({ tags, seconds }: Backlog) {
  return tankData({ kind: "tank", tags, seconds, seed: 7 });
}
