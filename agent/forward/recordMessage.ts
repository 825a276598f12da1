/** A sealed record -> the message that carries it: its bytes as they are (pure). */

import type { SealedRecord } from "../records.ts";
import type { UplinkMessage } from "./uplink.ts";

const contentTypes = { json: "application/json", "json+zstd": "application/json+zstd" } as const;

export function messageOf({ kind, bytes, encoding }: SealedRecord): UplinkMessage {
  return { kind, payload: bytes, contentType: contentTypes[encoding] };
}
