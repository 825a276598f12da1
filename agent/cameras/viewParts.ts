/** The picture in twelve parts: what befalls a camera befalls most of them, a lorry or a lamp only some (pure). */

const partsAcross = 4;
const partsDown = 3;
export const viewParts: number = partsAcross * partsDown;

/** For each pixel of a picture of that size, the part it lies in. */
export function partMap(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const across = Math.floor(((i % width) * partsAcross) / width);
    return Math.floor((Math.floor(i / width) * partsDown) / height) * partsAcross + across;
  });
}
