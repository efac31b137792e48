import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds dist/ before the first test. Worker threads cannot load TypeScript on Node 20, so tests that start threads run
 * what ships. VRING_BUILT=1 says that somebody has just done it.
 */
export default function setup(project: TestProject): void {
  if (process.env['VRING_BUILT'] === '1') return;
  build();
  project.onTestsRerun(build);
}

/**
 * Type errors are shown and stop nothing here: the compiler writes its output all the same, and somebody in the middle
 * of a change can run the tests it does not touch. `npm test` builds first and stops at them.
 */
function build(): void {
  const { error, status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.stderr.write(`\nThe build has errors:\n${stdout}\n`);
}
