import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { checkConformance } from './conformance/check.js';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Prints `N passed, N failed` as the very last line, for machines that read only that. Whatever makes the run fail
 * counts as one failed: a test, a file that does not load, a hook, an error outside of every test, and whatever makes
 * docs/CONFORMANCE.md a lie.
 */
export default class ClosingLine implements Reporter {
  private counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  private vitest: Vitest | null = null;
  private watching = false;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
    this.watching = vitest.config.watch;
    // Other reporters and the teardown still print after the last test, so the line waits for the process to end.
    if (!this.watching) process.once('exit', (code) => this.printAtExit(code));
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): Promise<void> {
    this.counts = countTests(modules);
    this.counts.failed += unhandledErrors.length;
    if (this.watching) this.print();
    else if (this.vitest !== null) {
      this.fail(await checkConformance(this.vitest, modules, reason));
    }
  }

  private fail(problems: readonly string[]): void {
    if (problems.length === 0) return;
    process.stderr.write(problems.map((problem) => `\n  ${problem}\n`).join(''));
    this.counts.failed += problems.length;
    process.exitCode = 1;
  }

  private printAtExit(code: number): void {
    // The run can fail without any test: no file found, a setup that throws.
    if (code !== 0 && this.counts.failed === 0) this.counts.failed = 1;
    this.print();
  }

  private print(): void {
    const { passed, failed, skipped } = this.counts;
    process.stdout.write(
      `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`,
    );
  }
}

function countTests(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length > 0 ? 1 : 0;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length > 0 ? 1 : 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') counts[state] += 1;
    }
  }
  return counts;
}
