import { expect, test } from "vitest";
import type { Agent } from "../../agent/agent.ts";
import { boxWarnings } from "../../agent/commands/summaryView.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const committedMs = 1_000_000;

function box(changes: { trouble?: string | null; state?: Agent["clock"]["state"] }) {
  const committedAt = { wallMs: wallMs(0), monotonicMs: monotonicMs(committedMs) };
  const journal = { trouble: changes.trouble ?? null, committedAt } as Agent["journal"];
  const clock = { state: changes.state ?? "synchronised" } as Agent["clock"];
  return { journal, clock };
}

test("a box that is well says nothing of itself", () => {
  expect(boxWarnings(box({}), "zh", committedMs + 11_000)).toEqual([]);
});

test("a disk that refuses, a disk that hangs and a clock in doubt are each said, in both languages", () => {
  const full = box({ trouble: "SQLITE_FULL: database or disk is full" });
  expect(boxWarnings(full, "zh", committedMs)).toEqual([
    "! 磁盘故障: SQLITE_FULL: database or disk is full",
  ]);
  expect(boxWarnings(box({}), "en", committedMs + 30_000)).toEqual([
    "! 30 s since the disk last answered",
  ]);
  const doubtful = boxWarnings(box({ state: "unsynchronised" }), "zh", committedMs);
  expect(doubtful).toEqual(["! 本机时钟未同步: 显示的时间可能有误"]);
});
