/** The body of an `evidence` record: first what a bundle consists of, then its files in numbered pieces. */

import { z } from "zod";

/**
 * Bytes of a file that one record carries. Far below what a record may hold: on a slow line a piece is what may stand
 * before an alarm. As base64 in JSON they take a third more, which zstd takes back: 2 % more than the bytes themselves.
 */
export const pieceBytes = 32 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const evidenceFile = z.object({
  name: z.string().describe("name within the bundle, without folders"),
  mediaType: z.string(),
  sizeBytes: z.int().min(0),
  sha256,
  pieces: z.int().min(0).describe("pieces that follow; 0: the file stays on the box"),
});
export type EvidenceFile = z.output<typeof evidenceFile>;

export const evidenceBodySchema = z.discriminatedUnion("part", [
  z.object({
    part: z.literal("manifest"),
    bundle: z.string().describe("id of the bundle, unique on its box"),
    sha256: sha256.describe(
      "of `text` in UTF-8: what the next bundle's manifest names as previous",
    ),
    text: z.string().describe("the manifest as it lies on the box, JSON"),
    files: z.array(evidenceFile),
  }),
  z.object({
    part: z.literal("piece"),
    bundle: z.string(),
    file: z.string(),
    piece: z.int().min(0).describe("number within the file, from 0"),
    offset: z.int().min(0).describe("where in the file it begins"),
    sha256: sha256.describe("of its bytes"),
    data: z.base64(),
  }),
]);
export type EvidenceBody = z.output<typeof evidenceBodySchema>;
