/** To be filled. */

export function Alarms(): null {
  return null;
}
