/** A camera's own picture (JPEG, PNG) -> the small grey one that is judged. Wraps sharp. */

import sharp from "sharp";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Snapshot } from "../../drivers/cameras/contract.ts";
import { type GreyPicture, greyHeight, greyPixels, greyWidth } from "./greyPicture.ts";

/** More than any camera has: a file may claim to be larger than memory. */
const pixelsMax = 50_000_000;
const decodeSecondsMax = 5;

// Pictures never come twice, and many cameras share few cores.
sharp.cache(false);
sharp.concurrency(1);

/** Never throws. A JPEG is made smaller while it is decoded. */
export async function snapshotGrey({
  bytes,
  takenAt,
}: Pick<Snapshot, "bytes" | "takenAt">): Promise<Result<GreyPicture, string>> {
  try {
    const grey = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: "error" })
      .timeout({ seconds: decodeSecondsMax })
      .resize(greyWidth, greyHeight, { fit: "fill", fastShrinkOnLoad: true })
      .greyscale()
      .raw()
      .toBuffer();
    if (grey.length !== greyPixels) return fail("the picture is not what it says");
    return ok({ takenAt, grey });
  } catch (error) {
    return fail(`the picture cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
