/**
 * What was learnt of each camera, kept over a restart in one small file per camera: so that a camera that was turned
 * while the agent was down is noticed. Without a file, or with a damaged one, it is learnt anew.
 */

import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { edgesPixels } from "./pictureFeatures.ts";
import type { Learnt } from "./pictureJudge.ts";
import { viewParts } from "./viewParts.ts";

const map = z
  .string()
  .transform((text) => new Int8Array(Buffer.from(text, "base64")))
  .refine((bytes) => bytes.length === edgesPixels);
const content = z.object({
  v: z.literal(1),
  camera: z.string(),
  view: z
    .object({
      ...{ x: map, y: map },
      sharpness: z
        .array(
          z
            .number()
            .nullable()
            .transform((value) => value ?? Number.NaN),
        )
        .length(viewParts),
    })
    .nullable(),
  noise: z.array(z.number().min(0)).max(24),
});

/** Ids may be long and of any script: a name of fixed length is one that every file system takes. */
export function learntFileOf(dataDir: string, camera: string): string {
  const name = createHash("sha256").update(camera).digest("hex").slice(0, 24);
  return join(dataDir, "cameras", `${name}.json`);
}

/** Null: there is none. Fails with one sentence when it is damaged or cannot be read. */
export async function readLearnt(
  file: string,
  camera: string,
): Promise<Result<Learnt | null, string>> {
  try {
    const read = content.parse(JSON.parse(await readFile(file, "utf8")));
    return read.camera === camera ? ok(read) : fail(`it is of another camera, ${read.camera}`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return ok(null);
    if (error instanceof z.ZodError) return fail("its content is not what this version writes");
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** Whole or not at all, also when the power fails. @returns one sentence when it could not be written. */
export async function writeLearnt(
  file: string,
  camera: string,
  { view, noise }: Learnt,
): Promise<string | null> {
  const base64 = (bytes: Int8Array): string => Buffer.from(bytes.buffer).toString("base64");
  const written = {
    ...{ v: 1, camera, noise },
    view:
      view === null
        ? null
        : // NaN becomes null.
          { x: base64(view.x), y: base64(view.y), sharpness: view.sharpness },
  };
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(`${file}.new`, "w");
    try {
      await handle.writeFile(JSON.stringify(written));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
