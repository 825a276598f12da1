/** Which addresses no camera may ever lead us to, and which ways of writing one are understood (pure). */

import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** An address or name as a URL writes it, taken apart without anything being guessed or repaired. */
export interface Written {
  readonly scheme: CameraScheme;
  /** Name in small letters, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, at least `/`. */
  readonly path: string;
  /** User name or password stood before the host. */
  readonly hasUserinfo: boolean;
}

export type CameraScheme = "http" | "https" | "rtsp" | "rtsps";

export const standardPort: Readonly<Record<CameraScheme, number>> = {
  http: 80,
  https: 443,
  rtsp: 554,
  rtsps: 322,
};

const urlLengthMax = 2_048;

/** What stays refused even inside an allowed network: nobody's camera lives there. */
const forbidden = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  forbidden.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  // Unspecified, loopback and every form that carries an IPv4 address inside (mapped, translated, 6to4, Teredo).
  ["::", 96],
  ["64:ff9b::", 32],
  ["2002::", 16],
  ["2001::", 32],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  forbidden.addSubnet(network, prefix, "ipv6");
}

/** Multicast, unspecified, link-local, reserved, or IPv4 inside IPv6; `::1` counts as loopback only. */
export function isNeverAllowed(ip: string): boolean {
  if (isIPv4(ip)) return forbidden.check(ip, "ipv4");
  if (!isIPv6(ip) || ip.includes("%")) return true;
  return !isLoopback(ip) && (isMapped(ip) || forbidden.check(ip, "ipv6"));
}

const mapped = new BlockList();
mapped.addSubnet("::ffff:0:0", 96, "ipv6");
// The same with a zero group between, as some systems translate.
mapped.addSubnet("::ffff:0:0:0", 96, "ipv6");

function isMapped(ip: string): boolean {
  // A block list takes a mapped address for the IPv4 one inside: its text tells too.
  return /^(0{0,4}:){2,5}ffff:/i.test(ip) || mapped.check(ip, "ipv6");
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export function isLoopback(ip: string): boolean {
  const family = isIP(ip);
  if (family === 0 || ip.includes("%") || (family === 6 && isMapped(ip))) return false;
  return loopback.check(ip, family === 4 ? "ipv4" : "ipv6");
}

/**
 * A URL as a camera gives it. Null for everything that two programs could read in two ways: blanks and control
 * characters, backslashes, quotes and angles, per-cent signs or other letters in the host, numbers in place of four dotted decimals.
 */
export function readUrl(text: string): Written | null {
  const trimmed = text.trim();
  if (trimmed.length > urlLengthMax || !/^[\x21-\x7e]+$/.test(trimmed)) return null;
  const match =
    /^(https?|rtsps?):\/\/(?:([^/?#@\\]*)@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?([/?][^#\\"<>`]*)?$/i.exec(
      trimmed,
    );
  if (match === null) return null;
  const [, scheme = "", userinfo, hostText = "", portText, rest = ""] = match;
  const kind = scheme.toLowerCase() as CameraScheme;
  const host = readHost(hostText);
  const port = portText === undefined ? standardPort[kind] : Number(portText);
  if (host === null || port < 1 || port > 65_535) return null;
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return { scheme: kind, host, port, path, hasUserinfo: userinfo !== undefined };
}

/** Null unless it is four dotted decimals, an IPv6 address in brackets, or a name that is no number. */
export function readHost(text: string): string | null {
  const host = text.toLowerCase();
  if (host.startsWith("[")) {
    const inner = host.slice(1, -1);
    return isIPv6(inner) ? inner : null;
  }
  if (isIPv4(host)) return host;
  const labels = host.split(".");
  const isName =
    host.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,62})$/.test(label));
  // `127.1`, `2130706433`, `0x7f000001`: numbers to a resolver, so none to us.
  return isName && !/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "") ? host : null;
}

/** The URL in one form: no user name, standard ports left out. */
export function urlText({ scheme, host, port, path }: Omit<Written, "hasUserinfo">): string {
  const shown = isIPv6(host) ? `[${host}]` : host;
  return `${scheme}://${shown}${port === standardPort[scheme] ? "" : `:${port}`}${path}`;
}
