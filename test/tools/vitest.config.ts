import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Most files wait for wires, brokers and browsers: by itself one worker would leave two cores idle.
    maxWorkers: 2,
    // Nothing is learnt from a slow machine: this only ends what hangs.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    reporters: ["default", "./test/tools/plainLine.ts"],
    coverage: {
      provider: "v8",
      include: ["agent/**/*.ts", "drivers/**/*.ts", "config/**/*.ts"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html"],
    },
  },
});

export default config;
