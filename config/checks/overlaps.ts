/** Registers of one device that two points claim in ways that cannot both be right. Pure, O(n log n). */

import { error, type Finding, warning } from "../faults/fault.ts";
import type { Point, Site } from "../site.ts";
import { registerCount, wireAddress } from "../words/registerAddress.ts";

interface Claim {
  readonly id: string;
  readonly point: Point;
  readonly first: number;
  readonly last: number;
}

export function overlapFindings(site: Site): readonly Finding[] {
  return [...claimsByTable(site).values()].flatMap((claims) => {
    const ordered = claims.toSorted((a, b) => a.first - b.first || b.last - a.last);
    const { firsts, findings } = sameRange(ordered);
    return [...findings, ...differentRange(firsts)];
  });
}

function claimsByTable(site: Site): ReadonlyMap<string, readonly Claim[]> {
  const groups = new Map<string, Claim[]>();
  for (const [id, point] of Object.entries(site.points)) {
    const place = wireAddress(point.register);
    if (place === null) continue;
    const last = place.address + registerCount(point.register.type) - 1;
    const key = `${place.table} ${point.device}`;
    const claim = { id, point, first: place.address, last };
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [claim]);
    else group.push(claim);
  }
  return groups;
}

/** Points on exactly the same registers. Keeps the first of each range for the comparison of ranges. */
function sameRange(ordered: readonly Claim[]): {
  readonly firsts: readonly Claim[];
  readonly findings: readonly Finding[];
} {
  const firsts: Claim[] = [];
  const findings: Finding[] = [];
  let seen = new Map<string, Claim>();
  let whole: Claim | null = null;
  for (const claim of ordered) {
    const before = firsts.at(-1);
    if (before?.first !== claim.first || before.last !== claim.last) {
      firsts.push(claim);
      seen = new Map();
      whole = null;
    }
    const key = decoding(claim.point);
    const twin = seen.get(key);
    seen.set(key, twin ?? claim);
    if (twin !== undefined) findings.push(readTwice(claim, twin));
    else if (claim.point.register.bits === undefined) {
      if (whole !== null) findings.push(readDifferently(claim, whole));
      whole ??= claim;
    }
  }
  return { firsts, findings };
}

/** Two points with the same text here show the same number. */
function decoding({ register, scale }: Point): string {
  const { type, order, bits } = register;
  return JSON.stringify([type, registerCount(type) > 1 ? order : "", bits ?? null, scale ?? null]);
}

function readTwice(claim: Claim, twin: Claim): Finding {
  return warning({
    code: "W129",
    path: ["points", claim.id, "register"],
    atKey: true,
    zh: `"${claim.id}" 与 "${twin.id}" 读同一寄存器, 解码也相同`,
    en: `"${claim.id}" reads the same register as "${twin.id}", in the same way`,
    fixZh: "核对地址; 若确是同一测点, 删除一个",
    fixEn: "check the address; if it is one measurement, delete one of them",
  });
}

function readDifferently(claim: Claim, other: Claim): Finding {
  const [type, otherType] = [claim.point.register.type, other.point.register.type];
  const how = type === otherType ? "" : ` (${type} / ${otherType})`;
  return warning({
    code: "W130",
    path: ["points", claim.id, "register"],
    atKey: true,
    zh: `"${claim.id}" 与 "${other.id}" 读同一寄存器, 解码不同${how}`,
    en: `"${claim.id}" reads the same register as "${other.id}" in another way${how}`,
    fixZh: "核对类型、字节序和换算",
    fixEn: "check type, byte order and scale",
  });
}

/** Ranges are ordered and at most 4 registers long, so only few are open at a time. */
function differentRange(ordered: readonly Claim[]): readonly Finding[] {
  let open: Claim[] = [];
  return ordered.flatMap((claim) => {
    open = open.filter((other) => other.last >= claim.first);
    const findings = open.map((other) => overlap(claim, other));
    open.push(claim);
    return findings;
  });
}

function overlap(claim: Claim, other: Claim): Finding {
  const isInside = claim.last <= other.last;
  const words = {
    path: ["points", claim.id, "register"],
    atKey: true,
    zh: `"${claim.id}" (${rangeText(claim)}) 与 "${other.id}" (${rangeText(other)}) 的寄存器重叠`,
    en: `the registers of "${claim.id}" (${rangeText(claim)}) and "${other.id}" (${rangeText(other)}) overlap`,
    fixZh: "核对地址: 32 位值占 2 个寄存器, 64 位占 4 个",
    fixEn: "check the addresses: a 32-bit value takes 2 registers, a 64-bit value 4",
  };
  // A word inside a longer value may be meant (its upper half); two halves of different values never are.
  return isInside ? warning({ code: "W131", ...words }) : error({ code: "E129", ...words });
}

function rangeText({ first, last, point }: Claim): string {
  return `${point.register.type} ${first}${last === first ? "" : `-${last}`}`;
}
