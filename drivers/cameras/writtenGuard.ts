/** The guard of a camera whose addresses somebody has written down: in the site file, or in a command. */

import { readUrl } from "./addressForms.ts";
import { type AddressGuard, createAddressGuard } from "./addressGuard.ts";

/**
 * Allows the hosts and ports written, inside `networks` (CIDR) where there are any. An address that cannot be read in
 * one way only allows nothing: the guard refuses it when it is used, with the reason.
 */
export function guardOfWritten(written: {
  readonly onvif?: string | undefined;
  readonly rtsp?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly networks: readonly string[];
}): AddressGuard {
  const { onvif, rtsp, snapshot, networks } = written;
  const urls = [onvif, rtsp, snapshot].flatMap((url) =>
    url === undefined ? [] : (readUrl(url) ?? []),
  );
  const hosts = urls.map(({ host }) => host);
  return createAddressGuard({ hosts, networks, ports: urls.map(({ port }) => port) });
}
