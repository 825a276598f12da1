/**
 * Loaded before a program, and by the runtime before each of its threads too: leaves it a moment to begin, then eats
 * the memory of the thread that HAZGATE_TEST_HOG names until the runtime gives up.
 */

import { isMainThread } from "node:worker_threads";

const startMs = 1_000;
const eaten: number[][] = [];
const isHere = process.env["HAZGATE_TEST_HOG"] === (isMainThread ? "main" : "journal");
if (isHere) {
  setTimeout(() => {
    setInterval(() => {
      eaten.push(new Array<number>(200_000).fill(eaten.length));
    }, 20);
  }, startMs);
}
