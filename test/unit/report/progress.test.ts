import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JobProgress } from '../../../src/machine/job-report.js';
import { Progress, progressLine, type ProgressMode } from '../../../src/report/progress.js';

const progress: JobProgress = {
  name: 'randread',
  elapsedMs: 10_000,
  share: 0.25,
  operations: 1000,
  operationsPerS: 1_920_000,
  p99Ns: 41_200,
  kicksPerOperation: 0.08,
  interruptsPerOperation: 0.11,
  ringFill: 0.254,
  violations: 0,
  errors: 0,
};

/** Cursor to the first column, line cleared. */
const TAKEN_BACK = '\u001b[1G\u001b[2K';

/** A progress line on a terminal or a pipe, with a clock that the test moves. */
function shown(isTTY: boolean, mode: ProgressMode, env: NodeJS.ProcessEnv = {}, columns = 200) {
  let nowMs = 1000;
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  const line = new Progress({ stream, mode, env, now: () => nowMs });
  return {
    after: (ms: number): string => {
      nowMs += ms;
      line.update(progress);
      return String(stream.read() ?? '');
    },
    cleared: (): string => {
      line.clear();
      return String(stream.read() ?? '');
    },
  };
}

describe('progressLine', () => {
  it('has everything a person waits for', () => {
    expect(progressLine(progress)).toBe(
      'randread 25% 1.92M op/s fill=25% p99=41.2us kicks/op=0.08 irqs/op=0.11 errors=0 viol=0 eta 0m30s',
    );
  });

  it('gives the time so far where the end cannot be told', () => {
    const line = progressLine({ ...progress, share: null, p99Ns: null });
    expect(line).toContain('elapsed 0m10s');
    expect(line).not.toContain('p99');
  });

  it('says what is wrong so far', () => {
    expect(progressLine({ ...progress, violations: 2 })).toContain(' viol=2 ');
  });
});

describe('Progress on a terminal', () => {
  it('draws at once, then once a second at most', () => {
    const { after } = shown(true, 'auto');
    expect(after(0)).toContain('randread');
    expect(after(500)).toBe('');
    expect(after(500)).toContain('randread');
  });

  it('redraws in place and takes the line away at the end', () => {
    const { after, cleared } = shown(true, 'auto');
    expect(after(0)).not.toContain('\n');
    expect(after(1000).startsWith(TAKEN_BACK)).toBe(true);
    expect(cleared()).toBe(TAKEN_BACK);
    expect(cleared()).toBe('');
  });

  it('never fills the last column', () => {
    expect(shown(true, 'auto', {}, 20).after(0)).toBe('randread 25% 1.92M ');
    expect(shown(true, 'auto', {}, 0).after(0)).toHaveLength(79);
  });
});

describe('Progress elsewhere', () => {
  it('writes a plain line every 15 seconds', () => {
    const { after, cleared } = shown(false, 'auto');
    expect(after(0)).toBe('');
    expect(after(14_000)).toBe('');
    expect(after(1000)).toMatch(/^randread.*\n$/);
    expect(after(14_999)).toBe('');
    expect(after(1)).toMatch(/^randread.*\n$/);
    expect(cleared()).toBe('');
  });

  it.each([{ CI: 'true' }, { TERM: 'dumb' }])('takes a terminal with %j for a log', (env) => {
    expect(shown(true, 'auto', env).after(15_000)).toMatch(/^randread.*\n$/);
  });

  it('writes a line every second with always', () => {
    const { after } = shown(false, 'always');
    expect(after(0)).toMatch(/\n$/);
    expect(after(1000)).toMatch(/\n$/);
  });
});

describe('Progress with never', () => {
  it.each([true, false])('is silent (terminal: %j)', (isTTY) => {
    const { after, cleared } = shown(isTTY, 'never');
    expect(after(1e9) + cleared()).toBe('');
  });
});
