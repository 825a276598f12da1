/** Always on top: which plant, the worst unacknowledged alarm, the counts, whether the box is well, and where to go. */

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { lang, switchLang, t } from "../lang.ts";
import { box, site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { dateTime } from "../parts/zonedTime.ts";
import { hrefOf, type Page, route } from "../router.ts";
import { me, welcome } from "../session.ts";
import { logout } from "../sessionActs.ts";
import { pageWords, roleWords, shellWords } from "../words/shell.ts";
import { AlarmStrip } from "./alarmStrip.tsx";
import { Counts } from "./counts.tsx";
import { Lamps } from "./lamps.tsx";
import { SoundBar, SoundSwitch } from "./soundBar.tsx";

const tabs: readonly Page[] = [
  "overview",
  "alarms",
  "trends",
  "cameras",
  "report",
  "system",
  "inspection",
];

interface HeaderProps {
  readonly onLogin: () => void;
}

export function Header({ onLogin }: HeaderProps): VNode {
  return (
    <header class="header">
      <div class="header-top">
        <p class="site-name">{site.value?.name ?? welcome.value?.siteName}</p>
        <Menu onLogin={onLogin} />
        <ServerClock />
      </div>
      <div class="header-alarm">
        <AlarmStrip />
        <Counts />
      </div>
      <Lamps />
      <SoundBar />
    </header>
  );
}

/** Where to go, sound, language and who looks: in the bar where there is room, else behind one button. */
function Menu({ onLogin }: HeaderProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // Before the eye and the next key: an Escape at once must close it too.
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    addEventListener("keydown", onEscape);
    return () => removeEventListener("keydown", onEscape);
  }, [isOpen]);
  return (
    <div class="header-menu no-print">
      <button
        ref={button}
        type="button"
        class="button plain menu-button"
        aria-expanded={isOpen}
        aria-controls="header-menu"
        onClick={() => setOpen(!isOpen)}
      >
        ☰ {t(shellWords.menu)}
      </button>
      <div id="header-menu" class={isOpen ? "menu open" : "menu"}>
        <Navigation onGo={() => setOpen(false)} />
        <div class="header-side">
          <SoundSwitch />
          <Button kind="plain" onPress={switchLang} label={t(shellWords.switchLang)}>
            <span lang={lang.value === "zh" ? "en" : "zh-CN"}>{t(shellWords.switchLang)}</span>
          </Button>
          <Who onLogin={onLogin} />
        </div>
      </div>
    </div>
  );
}

function Navigation({ onGo }: { readonly onGo: () => void }): VNode {
  const all: readonly Page[] = me.value?.role === "admin" ? [...tabs, "users"] : tabs;
  return (
    <nav class="nav" aria-label={t(shellWords.navigation)}>
      <ul>
        {all.map((page) => (
          <li key={page}>
            <a
              href={hrefOf(page)}
              onClick={onGo}
              {...(route.value.page === page ? { "aria-current": "page" as const } : {})}
            >
              {t(pageWords[page])}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Who({ onLogin }: HeaderProps): VNode {
  const who = me.value;
  if (who === null) return <Button onPress={onLogin}>{t(shellWords.login)}</Button>;
  return (
    <span class="who">
      <span>
        {who.name} <span class="quiet">{t(roleWords[who.role])}</span>
      </span>
      <Button kind="plain" onPress={() => void logout()}>
        {t(shellWords.logout)}
      </Button>
    </span>
  );
}

function ServerClock(): VNode {
  const now = box.value?.nowMs;
  const [date = "–", time = ""] =
    now === undefined ? [] : dateTime(now, site.value?.timezone ?? "UTC").split(" ");
  return (
    <p class="clock tabular" title={t(shellWords.serverClock)}>
      <span class="clock-date">{date}</span> {time}
    </p>
  );
}
