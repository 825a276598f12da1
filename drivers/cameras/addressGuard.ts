/**
 * Which addresses a camera may send us to. The site file says where its cameras are; whatever a camera, a DNS server
 * or a discovery answer says is checked against it, the last time on the very address that is connected to.
 *
 * - Address: inside `networks`; without any, only the hosts that the site file writes, and what their names resolve to.
 * - Never, also inside `networks`: link-local, multicast, unspecified, reserved, IPv4 inside IPv6. Loopback only where
 *   the site file writes it (the simulated plant does).
 * - Port: written in the site file, or one that cameras use below 1024 (80-90, 322, 443, 554), or any from 1024 on
 *   except those of plant and message protocols. Cameras serve ONVIF and RTSP on arbitrary high ports, but none has a
 *   reason to send us to a shell, a Modbus slave or a broker behind the same address.
 * - A name that the site file does not write is never looked up.
 */

import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { fail, ok, type Result } from "../../config/words/result.ts";
import {
  isLoopback,
  isNeverAllowed,
  readHost,
  readUrl,
  urlText,
  type Written,
} from "./addressForms.ts";
import type { CameraError } from "./contract.ts";

export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** An address that a camera gave, as we use it. */
export interface AdoptedUrl {
  readonly url: string;
  /** The camera wrote another host or a user name (NAT, several interfaces): what it wrote, without the latter. */
  readonly rewrittenFrom: string | null;
}

export interface AddressGuard {
  /** Whether a connection to this very address is allowed. Names resolved by `resolve` count until the next time. */
  allows(ip: string): boolean;
  /** The address to connect to. Fails with `notAllowed`, `unreachable` (unknown name) or `aborted`. */
  resolve(host: string, signal: AbortSignal): Promise<Result<CheckedAddress, CameraError>>;
  /** http(s) and rtsp(s); the host by its form and, for an address, by its place; `notAllowed` otherwise. */
  checkedUrl(text: string): Result<Written, CameraError>;
  /**
   * What a camera answered about its own services, led back to the host by which we know it. Of several addresses
   * (blanks between) the one with that host is taken, else the first that can be read.
   */
  adopt(text: string, home: string): Result<AdoptedUrl, CameraError>;
}

type Lookup = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const camerasPortsBelow1024: ReadonlySet<number> = new Set([
  ...[80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90],
  ...[322, 443, 554],
]);
/** MQTT, IEC 104, databases, OPC UA, DNP3, EtherNet/IP, BACnet: from 1024 on. */
const foreignPorts: ReadonlySet<number> = new Set([
  ...[1433, 1521, 1883, 2404, 3306, 3389, 4840, 5432, 5900],
  ...[6379, 8883, 20_000, 27_017, 44_818, 47_808],
]);
/** Addresses of one name that are looked at. */
const answersMax = 16;
const candidatesMax = 16;

export function createAddressGuard(options: {
  /** As the site file writes them: names, or addresses with or without brackets. */
  readonly hosts: readonly string[];
  /** CIDR. */
  readonly networks: readonly string[];
  /** Written in the site file, besides those that cameras use. */
  readonly ports?: readonly number[];
  readonly lookup?: Lookup;
}): AddressGuard {
  const hosts = new Set(options.hosts.flatMap((host) => writtenHost(host) ?? []));
  const ports = new Set(options.ports ?? []);
  const place = placeOf(hosts, options.networks);
  const lookup = options.lookup ?? ((host) => systemLookup(host, { all: true }));
  const resolved = new Map<string, ReadonlySet<string>>();
  const pending = new Map<string, ReturnType<Lookup>>();

  const allows = (ip: string): boolean =>
    place.allows(ip) ||
    (place.isByHost && [...resolved.values()].some((addresses) => addresses.has(ip)));
  const isPortAllowed = (port: number): boolean =>
    ports.has(port) || (port < 1024 ? camerasPortsBelow1024.has(port) : !foreignPorts.has(port));

  /** A system lookup cannot be ended: the same name is not asked twice at a time. */
  const lookUp = (host: string): ReturnType<Lookup> => {
    const running = pending.get(host);
    if (running !== undefined) return running;
    const asked = lookup(host).finally(() => pending.delete(host));
    pending.set(host, asked);
    return asked;
  };

  const resolveName: AddressGuard["resolve"] = async (host, signal) => {
    if (!hosts.has(host)) return notAllowed(`${host} is not named in the site file`);
    const found = await untilAborted(lookUp(host), signal);
    if (!found.ok) return found;
    const addresses = found.value
      .slice(0, answersMax)
      .map(({ address }) => address)
      .filter((address) => place.allowsNamed(address, host))
      // Cameras that have both listen on IPv4 for sure.
      .sort((a, b) => isIP(a) - isIP(b));
    const [address] = addresses;
    if (address === undefined) return notAllowed(`${host} resolves to no allowed address`);
    resolved.set(host, new Set(addresses));
    return ok({ address, family: isIP(address) === 6 ? 6 : 4 });
  };

  return {
    allows,
    resolve(written, signal) {
      const host = writtenHost(written);
      if (host === null) {
        return Promise.resolve(notAllowed("the host is not written as an address or a name"));
      }
      const family = isIP(host);
      if (family === 0) return resolveName(host, signal);
      const isAllowed = allows(host);
      return Promise.resolve(
        isAllowed ? ok({ address: host, family: family === 4 ? 4 : 6 }) : outside(host),
      );
    },
    checkedUrl(text) {
      const url = readUrl(text);
      if (url === null) return notAllowed("the address cannot be read in one way only");
      if (url.hasUserinfo) return notAllowed("the address holds a user name");
      if (!isPortAllowed(url.port)) return notAllowed(`port ${url.port} is no port of a camera`);
      if (isIP(url.host) === 0) {
        return hosts.has(url.host) ? ok(url) : notAllowed(`${url.host} is not in the site file`);
      }
      return allows(url.host) ? ok(url) : outside(url.host);
    },
    adopt(text, homeText) {
      const home = writtenHost(homeText);
      const candidates = text
        .split(/\s+/)
        .slice(0, candidatesMax)
        .flatMap((one) => readUrl(one) ?? []);
      const url = candidates.find(({ host }) => host === home) ?? candidates[0];
      if (home === null || url === undefined) {
        return notAllowed("the camera gives an address that cannot be read in one way only");
      }
      if (!isPortAllowed(url.port)) return notAllowed(`port ${url.port} is no port of a camera`);
      const isSame = url.host === home && !url.hasUserinfo;
      return ok({
        url: urlText({ ...url, host: home }),
        rewrittenFrom: isSame ? null : urlText(url),
      });
    },
  };
}

/** Bare IPv6 addresses too. */
function writtenHost(text: string): string | null {
  return isIP(text) === 6 ? text.toLowerCase() : readHost(text);
}

interface Place {
  allows(ip: string): boolean;
  /** The same for an address to which a name of the site file resolved. */
  allowsNamed(ip: string, host: string): boolean;
  /** No networks were given: the hosts themselves are the limit. */
  readonly isByHost: boolean;
}

function placeOf(hosts: ReadonlySet<string>, networks: readonly string[]): Place {
  const list = new BlockList();
  let isLoopbackWritten = false;
  for (const network of networks) {
    const [base = "", prefix = ""] = network.split("/");
    if (isIP(base) === 0) continue;
    list.addSubnet(base, Number(prefix), isIP(base) === 4 ? "ipv4" : "ipv6");
    isLoopbackWritten ||= isLoopback(base) && Number(prefix) >= 8;
  }
  const isByHost = networks.length === 0;
  const isInside = (ip: string): boolean => list.check(ip, isIP(ip) === 4 ? "ipv4" : "ipv6");
  const allows = (ip: string): boolean => {
    if (isNeverAllowed(ip)) return false;
    if (isByHost) return hosts.has(ip);
    return isInside(ip) && (!isLoopback(ip) || isLoopbackWritten);
  };
  return {
    isByHost,
    allows,
    allowsNamed: (ip, host) =>
      isByHost ? !isNeverAllowed(ip) && (!isLoopback(ip) || host === "localhost") : allows(ip),
  };
}

async function untilAborted<T>(
  asked: Promise<T>,
  signal: AbortSignal,
): Promise<Result<T, CameraError>> {
  if (signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
  let stop = (): void => {};
  const aborted = new Promise<Result<T, CameraError>>((resolve) => {
    stop = () => resolve(fail({ kind: "aborted", message: "told to stop" }));
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([asked.then(ok<T>), aborted]);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    return fail({ kind: "unreachable", message: `its name cannot be resolved (${code})` });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function outside(ip: string): Result<never, CameraError> {
  return notAllowed(`${ip} is outside the networks allowed for this camera`);
}

function notAllowed(message: string): Result<never, CameraError> {
  return fail({ kind: "notAllowed", message });
}
