import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { commonClockErrorNs, commonNowNs, nowNs } from '../../src/clock.js';

const CLOCK = new URL('../../dist/src/clock.js', import.meta.url).href;

/** Of doubles. */
const ROUNDING_NS = 1;

/** What the clocks of a new thread say first. */
async function firstTimes(): Promise<{ readonly ownNs: number; readonly commonNs: number }> {
  const code = `const { nowNs, commonNowNs } = await import('${CLOCK}');
    const { parentPort } = await import('node:worker_threads');
    parentPort.postMessage({ ownNs: nowNs(), commonNs: commonNowNs() });`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

describe('the clock', () => {
  test('of a thread begins above all integers of 32 bits, which would be compiled for otherwise', async () => {
    const { ownNs } = await firstTimes();
    expect(ownNs).toBeGreaterThan(2 ** 32);
  });

  test('counts nanoseconds', async () => {
    // Each pair of looks at the one clock lies within a pair of looks at the other.
    const outer = process.hrtime.bigint();
    const before = nowNs();
    const inner = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const innerNs = Number(process.hrtime.bigint() - inner);
    const passedNs = nowNs() - before;
    const outerNs = Number(process.hrtime.bigint() - outer);
    expect(passedNs).toBeGreaterThanOrEqual(innerNs - ROUNDING_NS);
    expect(passedNs).toBeLessThanOrEqual(outerNs + ROUNDING_NS);
  });

  test('that all threads share is between what was before and after, as exactly as it says', async () => {
    const before = commonNowNs();
    const { commonNs } = await firstTimes();
    const slackNs = 2 * commonClockErrorNs() + 1e3;
    expect(commonNs).toBeGreaterThan(before - slackNs);
    expect(commonNs).toBeLessThan(commonNowNs() + slackNs);
  });
});
