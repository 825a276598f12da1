/** A reporter that ends the run with the one line machines read: `N passed, N failed`. */

import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class PlainLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const count = {
      passed: 0,
      failed: unhandled.length,
      skipped: 0,
      pending: 0,
    };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const failed = count.failed + count.pending;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`);
  }
}
