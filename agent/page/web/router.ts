/** Which view is open: the part of the address after `#`. */

import { type Signal, signal } from "@preact/signals";

export const pages = [
  "overview",
  "alarms",
  "tank",
  "trends",
  "cameras",
  "report",
  "system",
  "inspection",
  "users",
] as const;
export type Page = (typeof pages)[number];

export interface Route {
  readonly page: Page;
  /** What of the page: a tank's id, a tab. */
  readonly id: string | null;
}

export const route: Signal<Route> = signal({ page: "overview", id: null });

/** Address of a view, for links. */
export function hrefOf(page: Page, id?: string): string {
  return id === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`;
}

export function followAddress(): void {
  const read = () => {
    route.value = parsed(location.hash);
  };
  addEventListener("hashchange", read);
  read();
}

function parsed(hash: string): Route {
  const [name = "", id] = hash.replace(/^#\/?/, "").split("/");
  const page = pages.find((one) => one === name) ?? "overview";
  return { page, id: id === undefined || id === "" ? null : decoded(id) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
