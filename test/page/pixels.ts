/** Counts what colour a picture holds, in a canvas of a page of its own. */

import type { Page } from "playwright-core";

interface Colours {
  readonly pixels: number;
  /** Pixels whose channels lie far apart: seen as a colour from across the room. */
  readonly saturated: number;
}

/** Channels further apart than this are a colour; grey with a breath of blue is not. */
const spreadMax = 40;

/** `blank` must be a page without a content policy, e.g. about:blank. */
export async function coloursOf(blank: Page, png: Buffer): Promise<Colours> {
  return await blank.evaluate<Colours>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const ink = canvas.getContext("2d");
    ink.drawImage(image, 0, 0);
    const { data } = ink.getImageData(0, 0, image.width, image.height);
    let saturated = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
      if (Math.max(r, g, b) - Math.min(r, g, b) > ${spreadMax}) saturated += 1;
    }
    return { pixels: data.length / 4, saturated };
  })()`);
}
