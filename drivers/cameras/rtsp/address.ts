/**
 * What to write into requests.
 *
 * Whatever address a camera supplies (Content-Base, control), only its path is used: the host is always the one that
 * was configured and connected to. That also serves cameras behind address translation, which name their inner one.
 */

import { urlText, type Written } from "../addressForms.ts";

export interface RequestAddress {
  /** e.g. rtsp://10.0.0.2:8554 */
  readonly origin: string;
  /** The stream's own, as written in a request line. */
  readonly uri: string;
}

const uriCharsMax = 2_048;

export function requestAddress(url: Written): RequestAddress {
  const origin = urlText({ ...url, path: "" });
  return { origin, uri: `${origin}${url.path}` };
}

/** @returns what to ask for when the camera wrote `said` relative to `base`; null when it cannot be written. */
export function resolveUri(address: RequestAddress, base: string, said: string): string | null {
  const uri = resolved(address, base, said);
  // Within a request line: no blanks, no line ends, no endless addresses.
  return uri.length <= uriCharsMax && /^[\x21-\x7e]+$/.test(uri) ? uri : null;
}

function resolved({ origin }: RequestAddress, base: string, said: string): string {
  if (said === "" || said === "*") return base;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*(.*)$/i.exec(said)?.[1];
  if (path !== undefined) return `${origin}${path}`;
  if (said.startsWith("/")) return `${origin}${said}`;
  // Appended, as other clients do, also behind a query: the RFC's way would cut the base's last part off.
  return base.endsWith("/") ? `${base}${said}` : `${base}/${said}`;
}
