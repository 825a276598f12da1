/** A trend's span by free times, in the plant's own time. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { fromInput, toInput } from "../parts/zonedTime.ts";
import { words } from "../words/trends.ts";
import { chosen, type TrendRange } from "./trendRange.ts";

interface TrendTimesProps {
  readonly range: TrendRange;
  onRange(range: TrendRange): void;
}

export function TrendTimes({ range, onRange }: TrendTimesProps) {
  const timezone = site.value?.timezone ?? "UTC";
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const [isBeingChanged, setIsBeingChanged] = useState(false);
  useEffect(() => {
    // What a person is typing is not overwritten by the clock that runs on.
    if (isBeingChanged || range.toMs === 0) return;
    setFrom(toInput(range.fromMs, timezone));
    setTo(toInput(range.toMs, timezone));
  }, [range, timezone, isBeingChanged]);
  const show = (event: Event) => {
    event.preventDefault();
    const fromMs = fromInput(from, timezone);
    const toMs = fromInput(to, timezone);
    setIsWrong(fromMs === undefined || toMs === undefined);
    if (fromMs === undefined || toMs === undefined) return;
    setIsBeingChanged(false);
    onRange(chosen(fromMs, toMs));
  };
  const field = (label: string, value: string, set: (text: string) => void) => (
    <label class="field">
      {label}
      <input
        type="datetime-local"
        value={value}
        onInput={(event) => {
          setIsBeingChanged(true);
          set(event.currentTarget.value);
        }}
      />
    </label>
  );
  return (
    <form class="trend-times" onSubmit={show}>
      {field(t(words.from), from, setFrom)}
      {field(t(words.to), to, setTo)}
      <Button type="submit">{t(words.show)}</Button>
      {isWrong && <span role="alert">{t(words.badRange)}</span>}
    </form>
  );
}
