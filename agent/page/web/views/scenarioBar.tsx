/** To be filled. */

export function ScenarioBar(): null {
  return null;
}
