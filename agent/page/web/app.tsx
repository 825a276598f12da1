/** What is on the screen: the wait for the box, the first start, the login, or the views in their frame. */

import "./views/alarmStrip.css";
import "./app.css";
import { computed } from "@preact/signals";
import { type ComponentType, h, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./lang.ts";
import { lazyView } from "./lazyView.tsx";
import { site } from "./live.ts";
import { type Page, route } from "./router.ts";
import { me, welcome } from "./session.ts";
import { hearWelcome } from "./sessionActs.ts";
import { LiveChannel } from "./socket.ts";
import { ActDialog } from "./views/actDialog.tsx";
import { Alarms } from "./views/alarms.tsx";
import { FirstStart } from "./views/firstStart.tsx";
import { Header } from "./views/header.tsx";
import { Login } from "./views/login.tsx";
import { Overview } from "./views/overview.tsx";
import { ScenarioSlot } from "./views/scenarioSlot.tsx";
import { Tank } from "./views/tank.tsx";
import { Veil } from "./views/veil.tsx";
import { shellWords } from "./words/shell.ts";

const views: Readonly<Record<Page, ComponentType>> = {
  overview: Overview,
  alarms: Alarms,
  tank: Tank,
  trends: lazyView(() =>
    import("./views/trends.tsx").then(({ Trends }) => () => {
      const tag = route.value.id;
      return h(Trends, tag === null ? {} : { tag });
    }),
  ),
  cameras: lazyView(() => import("./views/cameras.tsx").then((code) => code.Cameras)),
  report: lazyView(() => import("./views/report.tsx").then((code) => code.Report)),
  system: lazyView(() => import("./views/system.tsx").then((code) => code.System)),
  inspection: lazyView(() => import("./views/inspection.tsx").then((code) => code.Inspection)),
  users: lazyView(() => import("./views/users.tsx").then((code) => code.Users)),
};

/** Somebody may look: logged in, or the box lets a wall screen look without login. */
const mayLook = computed(() => me.value !== null || welcome.value?.isOpenView === true);

export function App(): VNode {
  const [wantsLogin, setWantsLogin] = useState(false);
  const about = welcome.value;
  useLive();
  useEffect(() => {
    if (about !== null) document.title = `${about.siteName} · hazgate`;
  }, [about?.siteName]);
  useEffect(() => setWantsLogin(false), [me.value?.name]);
  if (about === null) return <p class="quiet pad wait">{t(shellWords.noBox)}</p>;
  if (about.isFirstStart) return <FirstStart />;
  if (!mayLook.value || (wantsLogin && me.value === null)) return <Login />;
  if (site.value === null) return <p class="quiet pad wait">{t(shellWords.noBox)}</p>;
  const View = views[route.value.page];
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        {t(shellWords.skip)}
      </button>
      <Header onLogin={() => setWantsLogin(true)} />
      <Veil />
      {about.isSimulation && me.value !== null && <ScenarioSlot />}
      <main id="content" tabIndex={-1}>
        <View key={route.value.id ?? ""} />
      </main>
      <ActDialog />
    </>
  );
}

/** Keeps a live channel for as long as somebody may look. */
function useLive(): void {
  const isOpen = mayLook.value;
  const who = me.value?.name;
  useEffect(() => {
    if (!isOpen) return undefined;
    const channel = new LiveChannel(() => void hearWelcome());
    return () => channel.dispose();
  }, [isOpen, who]);
}

/** The address after # names the view, so the jump is a button's. */
function toContent(): void {
  document.getElementById("content")?.focus();
}
