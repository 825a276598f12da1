/** A view whose code is fetched when it is first opened, so that the first paint waits for nothing heavy. */

import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./lang.ts";
import { shellWords } from "./words/shell.ts";

/** @param load fetches the view's code; called once per mount until it succeeds. */
export function lazyView<P extends object = object>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const loaded: { view: ComponentType<P> | null } = { view: null };
  return function LazyView(props: P): VNode {
    const [view, setView] = useState<{ readonly of: ComponentType<P> | null }>({ of: loaded.view });
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
    const View = view.of;
    if (View !== null) return <View {...props} />;
    return <p class="quiet pad">{t(isLost ? shellWords.viewLost : shellWords.loading)}</p>;
  };
}
