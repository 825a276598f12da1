/**
 * Points to the fewest legal requests. Pure.
 *
 * A point's cells (its value, status word and decimals register) always lie in one request. A request
 * stays within the protocol's and the device's limits, touches no hole, and reads along at most
 * `maxGap` unused registers between two points. Points of equal period share requests; slower
 * ones ride along in a faster request where that costs the wire nothing.
 */

import type { RegisterTable } from "../contract.ts";
import { bitsMax, registersMax } from "./readPort.ts";

/** What must be read for one point: cells `first..last` of one table, at one go. */
export interface PlanPoint {
  readonly table: RegisterTable;
  readonly first: number;
  readonly last: number;
  readonly everyMs: number;
}

export interface PlanLimits {
  /** 1..125; for registers only, bits have their own limit. */
  readonly maxRegisters: number;
  /** Registers, or 16 times as many bits. */
  readonly maxGap: number;
  /** Ranges [first, last] never to be read, in any table. */
  readonly holes: readonly (readonly [number, number])[];
}

export interface PlannedRequest {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
  /** The shortest period of its points. */
  readonly everyMs: number;
  /** Positions in the list of points, ascending by address, then as listed. */
  readonly points: readonly number[];
}

export interface RequestPlan {
  readonly requests: readonly PlannedRequest[];
  /** Points that no legal request can hold, with the reason. */
  readonly impossible: readonly { readonly point: number; readonly reason: string }[];
}

interface Item extends PlanPoint {
  readonly index: number;
}

/** A request while it is being filled. */
interface Block {
  readonly table: RegisterTable;
  first: number;
  last: number;
  everyMs: number;
  items: Item[];
}

const tables: readonly RegisterTable[] = ["coil", "discrete", "holding", "input"];

export function planRequests(points: readonly PlanPoint[], limits: PlanLimits): RequestPlan {
  const impossible: { point: number; reason: string }[] = [];
  const items: Item[] = [];
  points.forEach((point, index) => {
    const reason = whyImpossible(point, limits);
    if (reason === null) items.push({ ...point, index });
    else impossible.push({ point: index, reason });
  });
  const blocks = tables.flatMap((table) => {
    return planTable(
      items.filter((item) => item.table === table),
      limits,
    );
  });
  return { requests: blocks.map(requestOf), impossible };
}

function whyImpossible(point: PlanPoint, limits: PlanLimits): string | null {
  const count = point.last - point.first + 1;
  const most = cellsMax(point.table, limits);
  if (point.first < 0 || point.last > 65_535) return "outside the table's addresses 0..65535";
  if (count > most) return `its ${count} cells do not fit into one request of ${most}`;
  if (touchesHole(point.first, point.last, limits))
    return "it lies on a hole that must not be read";
  return null;
}

/** Fast points first; the slower ones ride along where they can, and fill their own requests else. */
function planTable(items: readonly Item[], limits: PlanLimits): Block[] {
  const periods = [...new Set(items.map((item) => item.everyMs))].sort((a, b) => a - b);
  const planned: Block[] = [];
  for (const everyMs of periods) {
    const left = items.filter((item) => item.everyMs === everyMs && !rideAlong(item, planned));
    for (const block of fill(left, limits)) {
      if (!absorb(block, planned, limits)) planned.push(block);
    }
  }
  return planned.sort((a, b) => a.first - b.first || a.everyMs - b.everyMs || a.last - b.last);
}

/** A slower point whose cells a faster request reads anyway. */
function rideAlong(item: Item, planned: readonly Block[]): boolean {
  const host = planned.find((block) => block.first <= item.first && block.last >= item.last);
  host?.items.push(item);
  return host !== undefined;
}

/** Fewest requests for points of one period: from the lowest address, each takes all it can hold. */
function fill(items: readonly Item[], limits: PlanLimits): Block[] {
  let left = [...items].sort((a, b) => a.first - b.first || b.last - a.last || a.index - b.index);
  const blocks: Block[] = [];
  while (left.length > 0) {
    const block = take(left, limits);
    const taken = new Set(block.items);
    left = left.filter((item) => !taken.has(item));
    blocks.push(block);
  }
  return blocks;
}

function take(sorted: readonly Item[], limits: PlanLimits): Block {
  const block: Block = {
    table: sorted[0]?.table ?? "holding",
    first: sorted[0]?.first ?? 0,
    last: sorted[0]?.last ?? 0,
    everyMs: sorted[0]?.everyMs ?? 0,
    items: [],
  };
  for (const item of sorted) {
    const last = Math.max(block.last, item.last);
    if (
      isLegal({ ...block, last }, limits) &&
      item.first - block.last - 1 <= gapMax(block, limits)
    ) {
      block.items.push(item);
      block.last = last;
    }
  }
  return block;
}

/** Bytes of a request and its reply beside the data, the silences counted in: in characters. */
const overheadChars = 20;

/**
 * A slower request joins a faster one when together they cost the wire no more than apart: the
 * registers added are read at the faster period, one question and answer is saved.
 */
function absorb(slow: Block, planned: readonly Block[], limits: PlanLimits): boolean {
  for (const fast of planned) {
    const first = Math.min(fast.first, slow.first);
    const last = Math.max(fast.last, slow.last);
    const gap = Math.max(fast.first - slow.last, slow.first - fast.last) - 1;
    const merged: Block = { ...fast, first, last };
    if (gap > gapMax(fast, limits) || !isLegal(merged, limits)) continue;
    if (wireCost(merged) > wireCost(fast) + wireCost(slow)) continue;
    fast.first = first;
    fast.last = last;
    fast.items.push(...slow.items);
    return true;
  }
  return false;
}

/** Characters a millisecond. */
function wireCost(block: Block): number {
  const cells = block.last - block.first + 1;
  const dataChars = isBits(block.table) ? cells / 8 : cells * 2;
  return (overheadChars + dataChars) / block.everyMs;
}

function isLegal(block: Block, limits: PlanLimits): boolean {
  return (
    block.last - block.first < cellsMax(block.table, limits) &&
    !touchesHole(block.first, block.last, limits)
  );
}

function isBits(table: RegisterTable): boolean {
  return table === "coil" || table === "discrete";
}

function cellsMax(table: RegisterTable, limits: PlanLimits): number {
  return isBits(table) ? bitsMax : Math.min(registersMax, limits.maxRegisters);
}

function gapMax(block: Block, limits: PlanLimits): number {
  return isBits(block.table) ? limits.maxGap * 16 : limits.maxGap;
}

function touchesHole(first: number, last: number, limits: PlanLimits): boolean {
  return limits.holes.some(([holeFirst, holeLast]) => first <= holeLast && last >= holeFirst);
}

function requestOf(block: Block): PlannedRequest {
  const items = block.items.sort((a, b) => a.first - b.first || a.index - b.index);
  return {
    table: block.table,
    address: block.first,
    count: block.last - block.first + 1,
    everyMs: block.everyMs,
    points: items.map((item) => item.index),
  };
}
