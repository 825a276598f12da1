/** Opens the one connection of a stream: to an address that was checked, never to a name. */

import { connect, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";

export interface DialTo {
  readonly ip: string;
  readonly port: number;
  /** Null: no TLS. `host` is the name that the certificate must bear. */
  readonly tls: { readonly host: string; readonly ca: string | undefined } | null;
}

/** May be written to at once; errors and the end come as events. */
export type Dial = (to: DialTo) => Duplex;

export const dial: Dial = ({ ip, port, tls }) => {
  if (tls === null) return connect({ host: ip, port, noDelay: true });
  return connectTls({
    ...{ host: ip, port, minVersion: "TLSv1.2", rejectUnauthorized: true },
    // A server name must be a name (RFC 6066); an address is checked against the certificate all the same.
    ...(isIP(tls.host) === 0 ? { servername: tls.host } : {}),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  });
};
