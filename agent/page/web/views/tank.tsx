/** To be filled. */

export function Tank(): null {
  return null;
}
