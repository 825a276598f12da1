/** What was asked of the box, for a view that shows it: the answer, or why there is none. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api.ts";
import { every } from "../browserClock.ts";

export interface Loaded<T> {
  /** The newest answer; stays while the next one is awaited. */
  readonly value: T | null;
  /** Of the newest attempt; null: it went well. */
  readonly trouble: { readonly zh: string; readonly en: string } | null;
  readonly isLoading: boolean;
  reload(): void;
}

/**
 * Asks again when `path` changes, and each `everyMs` while the tab is seen (0: never by itself).
 * Answers to an older question are dropped. A null path asks nothing.
 */
export function useLoaded<T>(path: string | null, everyMs: number): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({
    value: null,
    trouble: null,
    isLoading: path !== null,
  });
  const asked = useRef(0);
  const ask = useCallback(async () => {
    if (path === null) return;
    asked.current += 1;
    const mine = asked.current;
    setState((before) => ({ ...before, isLoading: true }));
    const answer = await get<T>(path);
    if (mine !== asked.current) return;
    setState((before) =>
      answer.ok
        ? { value: answer.value, trouble: null, isLoading: false }
        : { value: before.value, trouble: answer.error, isLoading: false },
    );
  }, [path]);
  useEffect(() => {
    void ask();
    if (everyMs === 0) return undefined;
    return every(everyMs, () => {
      if (document.visibilityState === "visible") void ask();
    });
  }, [ask, everyMs]);
  useEffect(
    () => () => {
      // Nothing that is still on its way may touch a view that is gone.
      asked.current += 1;
    },
    [],
  );
  return { ...state, reload: () => void ask() };
}
