/** A view whose code is fetched when it is first opened, so that the first paint waits for nothing heavy. */

import { type ComponentType, h, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./lang.ts";
import { shellWords } from "./words/shell.ts";

/** @param load fetches the view's code; called once per mount until it succeeds. */
export function lazyView(load: () => Promise<ComponentType>): ComponentType {
  const loaded: { view: ComponentType | null } = { view: null };
  return function LazyView(): VNode {
    const [view, setView] = useState<{ readonly of: ComponentType | null }>({ of: loaded.view });
    const [isLost, setLost] = useState(false);
    useEffect(() => {
      if (loaded.view !== null) return;
      load().then(
        (found) => {
          loaded.view = found;
          setView({ of: found });
        },
        () => setLost(true),
      );
    }, []);
    if (view.of !== null) return h(view.of, null);
    return <p class="quiet pad">{t(isLost ? shellWords.viewLost : shellWords.loading)}</p>;
  };
}
