/** The platform's `command` message, from untrusted bytes (pure). */

import { z } from "zod";
import type { SeqRange } from "../records.ts";

const bytesMax = 65_536;
const rangesMax = 1_000;
const bytesPerSecondMax = 1e12;

const seq = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const head = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(128),
  do: z.string().min(1).max(64),
});
const resend = z.object({
  epoch: z.string().min(1).max(128),
  ranges: z
    .array(z.tuple([seq, seq]))
    .min(1)
    .max(rangesMax),
});
const rate = z.object({ bytesPerSecond: z.number().min(1).max(bytesPerSecondMax).nullable() });

export type CommandMessage = { readonly id: string; readonly do: string } & (
  | { readonly kind: "resend"; readonly epoch: string; readonly ranges: readonly SeqRange[] }
  | { readonly kind: "rate"; readonly bytesPerSecond: number | null }
  /** A command, but none that this version knows. */
  | { readonly kind: "unknown" }
  /** A known command without what it needs. */
  | { readonly kind: "malformed" }
);

/** Null for what is no command at all, so that nobody could be answered; unknown fields are ignored. */
export function parseCommand(payload: Uint8Array): CommandMessage | null {
  if (payload.byteLength > bytesMax) return null;
  const message = jsonOf(payload);
  const parsed = head.safeParse(message);
  if (!parsed.success) return null;
  const { id, do: what } = parsed.data;
  const base = { id, do: what };
  if (what === "resend") return { ...base, ...resendOf(message) };
  if (what === "rate") return { ...base, ...rateOf(message) };
  return { ...base, kind: "unknown" };
}

function resendOf(message: unknown) {
  const parsed = resend.safeParse(message);
  if (!parsed.success) return { kind: "malformed" } as const;
  const ranges = parsed.data.ranges.map(([from, to]) => ({ from, to }));
  if (ranges.some((range) => range.from > range.to)) return { kind: "malformed" } as const;
  return { kind: "resend", epoch: parsed.data.epoch, ranges } as const;
}

function rateOf(message: unknown) {
  const parsed = rate.safeParse(message);
  if (!parsed.success) return { kind: "malformed" } as const;
  return { kind: "rate", bytesPerSecond: parsed.data.bytesPerSecond } as const;
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
