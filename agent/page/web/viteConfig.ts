/** Builds the page into files that the box serves by itself: hashed names, nothing from outside. */

import { defineConfig } from "vite";

const here = new URL(".", import.meta.url).pathname;

export default defineConfig({
  root: here,
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    outDir: "../built",
    emptyOutDir: true,
    assetsDir: "assets",
    // Nothing inline: the server's policy allows scripts and styles from files of the box only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: true,
  },
});
