#!/usr/bin/env node
// The door: plain JavaScript, so that even an old Node can read it. Looks at the runtime before anything native
// is loaded, and goes on with the Node 24 that `npm ci` put beside us when this one is too old.
import { spawn } from "node:child_process";
import module from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

const needed = { major: 24, minor: 4 };
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > needed.major || (major === needed.major && minor >= needed.minor)) {
  // Stripped sources are kept compiled: half the start's CPU, and the TypeScript parser is not even loaded.
  // A folder that cannot be written is silently done without.
  module.enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "hazgate"));
  await import("./main.ts");
} else {
  goOnWith(bundledRuntime());
}

/** The runtime that came as an ordinary package with its hash in the lockfile, or null. */
function bundledRuntime() {
  try {
    const name = `node-${process.platform}-${process.arch}/package.json`;
    return join(dirname(module.createRequire(import.meta.url).resolve(name)), "bin", "node");
  } catch {
    return null;
  }
}

function goOnWith(runtime) {
  if (runtime === null) {
    process.stderr.write(
      `hazgate needs Node.js ${needed.major}.${needed.minor} or newer; this is ${process.versions.node} at ${process.execPath}.\n` +
        "Run `npm ci` in the hazgate folder: it brings the right runtime along on Linux x64 and arm64.\n" +
        `hazgate 需要 Node.js ${needed.major}.${needed.minor} 或更新版本；请在 hazgate 目录运行 npm ci。\n`,
    );
    process.exitCode = 2;
    return;
  }
  const child = spawn(
    runtime,
    [import.meta.filename ?? process.argv[1], ...process.argv.slice(2)],
    {
      stdio: "inherit",
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => {
    process.stderr.write(`hazgate could not start ${runtime}: ${error.message}\n`);
    process.exitCode = 70;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 70 : 128);
  });
}
