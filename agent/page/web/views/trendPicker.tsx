/** Chooses the points of a trend: those chosen as chips, the others found by tag, name or tank. */

import { useState } from "preact/hooks";
import type { PointView, SiteView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { words } from "../words/trends.ts";
import { penCountMax } from "./trendInk.ts";

interface TrendPickerProps {
  readonly tags: readonly string[];
  onChange(tags: readonly string[]): void;
}

/** Rows offered at once: more are found by typing. */
const offeredMax = 60;

export function TrendPicker({ tags, onChange }: TrendPickerProps) {
  const [search, setSearch] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const known = site.value;
  const found = known && isOpen ? matching(known, search) : [];
  const toggle = (tag: string) =>
    onChange(tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]);
  return (
    <div class="trend-picker">
      <ul class="trend-chips" aria-label={t(words.points)}>
        {tags.map((tag, at) => (
          <li key={tag}>
            <Button onPress={() => toggle(tag)} title={t(words.remove)}>
              <span class="trend-mark">{at + 1}</span>
              <span>
                <b>{tag}</b> {nameOf(known, tag)}
              </span>
              <span aria-hidden="true">×</span>
              <span class="hidden-text"> {t(words.remove)}</span>
            </Button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {t(words.choose)} ({tags.length}/{penCountMax})
      </button>
      {isOpen && (
        <div class="trend-offer panel">
          <input
            type="search"
            value={search}
            placeholder={t(words.search)}
            aria-label={t(words.search)}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          {tags.length >= penCountMax && <p>{t(words.full)}</p>}
          {found.length === 0 && <p>{t(words.notFound)}</p>}
          <ul>
            {found.slice(0, offeredMax).map((point) => (
              <li key={point.tag}>
                <label>
                  <input
                    type="checkbox"
                    checked={tags.includes(point.tag)}
                    disabled={tags.length >= penCountMax && !tags.includes(point.tag)}
                    onChange={() => toggle(point.tag)}
                  />
                  <strong>{point.tag}</strong> {point.name} <span>({point.unit})</span>
                </label>
              </li>
            ))}
          </ul>
          {found.length > offeredMax && <p>{t(words.more)}</p>}
        </div>
      )}
    </div>
  );
}

function nameOf(known: SiteView | null, tag: string): string {
  return known?.points.find((point) => point.tag === tag)?.name ?? "";
}

/** Every word typed must be somewhere in the point's tag, name, or its tank's id or name. */
function matching(known: SiteView, search: string): readonly PointView[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const tanks = new Map(known.tanks.map((tank) => [tank.id, tank.name]));
  return known.points.filter((point) => {
    const tank = point.tank === null ? "" : `${point.tank} ${tanks.get(point.tank) ?? ""}`;
    const text = `${point.tag} ${point.name ?? ""} ${tank}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
