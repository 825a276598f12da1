/** Starts the page. */

import "./base.css";
import { h, render } from "preact";
import { App } from "./app.tsx";
import { followLang } from "./lang.ts";
import { followAddress } from "./router.ts";
import { hearWelcome } from "./sessionActs.ts";
import { watchSound } from "./soundWatch.ts";
import { watchVeil } from "./veilWatch.ts";

const root = document.getElementById("app");
if (root !== null) {
  followLang();
  followAddress();
  watchVeil();
  watchSound();
  render(h(App, null), root);
  void hearWelcome();
  // A canvas draws with the fonts that are there; it does not ask for one.
  void document.fonts.load('12px "hazgate signs"', "℃");
}
