/** How far the upload of one bundle is: which of its pieces were given to the journal, and under which numbers. Pure. */

import { z } from "zod";
import type { Fates, SeqRange } from "../records.ts";
import { pieceBytes } from "../wire/evidence.ts";
import type { KeptFile, Manifest } from "./manifest.ts";

export const uploads = ["all", "pictures", "none"] as const;
export type UploadMode = (typeof uploads)[number];

/** Kept beside the bundle. Older than it should be, after a power cut, it only makes some pieces come twice. */
export const uploadSchema = z.object({
  /** Life of the journal that `waiting` are numbers of. */
  epoch: z.string(),
  /** Items below this were given at least once; item 0 is the manifest, the others are pieces. */
  next: z.int().min(0),
  /** Number in the journal and item. */
  waiting: z.array(z.tuple([z.int(), z.int()])),
  /** To be given once more. */
  again: z.array(z.int()),
  isDone: z.boolean(),
});
export type Upload = z.output<typeof uploadSchema>;

/** One piece of one file. */
export interface Piece {
  readonly file: string;
  readonly piece: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

export function newUpload(epoch: string): Upload {
  return { epoch, next: 0, waiting: [], again: [], isDone: false };
}

/** Pieces that a file is sent in; 0: it stays on the box. */
export function piecesOf(file: KeptFile, mode: UploadMode): number {
  const stays = mode === "none" || (mode === "pictures" && file.what === "clip");
  return stays ? 0 : Math.ceil(file.sizeBytes / pieceBytes);
}

/** Readings and pictures first: a clip is large, and what they show is known sooner. */
export function piecesIn({ files }: Manifest, mode: UploadMode): readonly Piece[] {
  const order = { readings: 0, picture: 1, clip: 2 } as const;
  return [...files]
    .sort((a, b) => order[a.what] - order[b.what])
    .flatMap((file) =>
      Array.from({ length: piecesOf(file, mode) }, (_, piece) => {
        const offset = piece * pieceBytes;
        const sizeBytes = Math.min(pieceBytes, file.sizeBytes - offset);
        return { file: file.name, piece, offset, sizeBytes };
      }),
    );
}

/** Items to give now, at most `max`. */
export function itemsToGive(upload: Upload, items: number, max: number): readonly number[] {
  const again = upload.again.slice(0, max);
  const fresh = Math.max(0, Math.min(items - upload.next, max - again.length));
  return [...again, ...Array.from({ length: fresh }, (_, i) => upload.next + i)];
}

/** These items were taken; those of them that were readable got these numbers. */
export function given(
  upload: Upload,
  what: {
    readonly items: readonly number[];
    readonly readable: readonly number[];
    readonly seqs: readonly number[];
  },
): Upload {
  const items = new Set(what.items);
  const waiting = what.readable.map((item, i): [number, number] => [what.seqs[i] ?? 0, item]);
  return {
    ...upload,
    next: Math.max(upload.next, ...what.items.map((item) => item + 1)),
    waiting: [...upload.waiting, ...waiting],
    again: upload.again.filter((item) => !items.has(item)),
  };
}

/** A journal of another life knows nothing of what the one before was given. */
export function inEpoch(upload: Upload, epoch: string): Upload {
  if (upload.epoch === epoch) return upload;
  const again = [...new Set([...upload.again, ...upload.waiting.map(([, item]) => item)])];
  return { ...upload, epoch, waiting: [], again };
}

/** What became of what waited. */
export function settled(upload: Upload, fates: Fates, items: number): Upload {
  const waiting = upload.waiting.filter(([seq]) => isIn(fates.waiting, seq));
  const lost = upload.waiting.filter(([seq]) => isIn(fates.lost, seq)).map(([, item]) => item);
  const again = [...new Set([...upload.again, ...lost])];
  const isDone = upload.next >= items && waiting.length === 0 && again.length === 0;
  return { ...upload, waiting, again, isDone };
}

function isIn(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some(({ from, to }) => seq >= from && seq <= to);
}
