/** By which names a browser may reach the box: any other is a stranger's page that made its name point here. */

import { hostname, networkInterfaces } from "node:os";
import type { Listen } from "../../../config/shape/page.ts";

/** Addresses of the box are asked anew: a network may come up later. */
export function createHostCheck(
  listen: Listen,
  names: readonly string[],
): (host: string | undefined) => boolean {
  const fixed = new Set(
    [listen.host, "localhost", "127.0.0.1", "::1", hostname(), `${hostname()}.local`, ...names].map(
      (name) => name.toLowerCase(),
    ),
  );
  return (host) => {
    const name = nameOf(host);
    if (name === null) return false;
    return fixed.has(name) || ownAddresses().has(name);
  };
}

/** Without port and brackets, in lower case. */
export function nameOf(host: string | undefined): string | null {
  const form = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(
    (host ?? "").toLowerCase(),
  );
  return form?.[1] ?? form?.[2] ?? null;
}

export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return new Set(all.map(({ address }) => address.toLowerCase()));
}
