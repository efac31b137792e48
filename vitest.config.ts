import { defineConfig } from 'vitest/config';

/** What tests run is kept only where one says so: the tree stays clean. */
const env = { VRING_STORE: 'off' };

export default defineConfig({
  test: {
    globalSetup: './test/support/global-setup.ts',
    reporters: ['default', './test/support/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/browser/**'],
          // Processes, not threads: tests start worker threads of their own and block in Atomics.wait.
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          env,
          include: ['test/e2e/**/*.test.ts', 'test/browser/**/*.test.ts'],
          pool: 'forks',
          // Each test starts the real program with two threads or more, which need the machine for themselves.
          fileParallelism: false,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
