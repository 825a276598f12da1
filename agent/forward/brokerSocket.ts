/** Opens the socket to a broker, plain or TLS, with Nagle's delay switched off from the first byte. */

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Bytes read from the files the site names. */
export interface UplinkSecrets {
  readonly password?: Uint8Array | undefined;
  readonly ca?: Uint8Array | undefined;
  readonly cert?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
}

export interface BrokerAddress {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
}

/** `url` as the site file allows it: mqtt://host[:port] or mqtts://host[:port]. */
export function brokerAddress(url: string): BrokerAddress {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === "mqtts:";
  return { isTls, host: hostname, port: port === "" ? (isTls ? 8883 : 1883) : Number(port) };
}

/**
 * Errors come as the socket's `error` and `close` events. The broker's certificate is always checked.
 * @throws when a certificate or key is unusable, before anything is sent.
 */
export function openBrokerSocket(address: BrokerAddress, secrets: UplinkSecrets): Socket {
  const { host, port } = address;
  if (!address.isTls) return connectTcp({ host, port, noDelay: true });
  const socket = connectTls({
    host,
    port,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...pem("ca", secrets.ca),
    ...pem("cert", secrets.cert),
    ...pem("key", secrets.key),
  });
  socket.setNoDelay(true);
  return socket;
}

function pem<Name extends string>(
  name: Name,
  bytes: Uint8Array | undefined,
): { readonly [Key in Name]?: Buffer } {
  if (bytes === undefined) return {};
  return { [name]: Buffer.from(bytes) } as { readonly [Key in Name]?: Buffer };
}
