/** Small choices of a person that this browser keeps. A browser that keeps nothing costs the choice, nothing else. */

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`hazgate.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`hazgate.${name}`, value);
  } catch {
    // Storage is off or full: the choice holds until the page is closed.
  }
}
