/** Builds the page into files that the box serves by itself: hashed names, nothing from outside. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const here = new URL(".", import.meta.url).pathname;

const outDir = join(here, "../built");

/** A compressed copy beside each file: made once here, so that the box spends no time on it. */
const compressed: Plugin = {
  name: "compressed-copies",
  closeBundle() {
    for (const name of readdirSync(outDir, { recursive: true, encoding: "utf8" })) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const path = join(outDir, name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [compressed],
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
