/** The frame of the pages before the plant: login and first start. */

import "./gate.css";
import type { ComponentChildren, VNode } from "preact";
import { lang, switchLang, t } from "../lang.ts";
import { welcome } from "../session.ts";
import { loginWords } from "../words/login.ts";
import { shellWords } from "../words/shell.ts";
import { Button } from "./button.tsx";

interface GateProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Gate({ title, children }: GateProps): VNode {
  const about = welcome.value;
  return (
    <div class="gate">
      <header class="gate-head">
        <p class="site-name">{about?.siteName}</p>
        <Button kind="plain" onPress={switchLang}>
          <span lang={lang.value === "zh" ? "en" : "zh-CN"}>{t(shellWords.switchLang)}</span>
        </Button>
      </header>
      <main class="gate-card panel">
        <h1>{title}</h1>
        {about?.isSimulation === true && <p class="message">{t(loginWords.simulation)}</p>}
        {children}
      </main>
      <footer class="quiet gate-foot">
        hazgate {about?.version} · {about?.boxId}
      </footer>
    </div>
  );
}
