import { beforeAll, describe, expect, it } from 'vitest';
import { type FailureReport, failureReport } from '../../../src/explore/failure-report.js';
import type { Recording } from '../../../src/explore/recording.js';
import { failureText } from '../../../src/report/explore-text.js';
import { type Failing, failing, failingRing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

function reportOf({ program, spec, profile, best }: Failing): FailureReport {
  return failureReport(program, spec, profile, best.best as Recording);
}

let lostKick: FailureReport;

beforeAll(async () => {
  lostKick = reportOf(await failingRing('tso', 'split', [NO_KICK_FENCE]));
});

describe('the text of a failure', () => {
  it('starts with the command that shows it again, then says what fails and how simple it is', () => {
    const [first, , head, , size] = failureText(lostKick).split('\n');
    expect(first).toMatch(/^replay: vring replay v1\.tso\.split\.[\w-]+$/);
    expect(head).toMatch(/^FAIL split {2}lost wakeup under x86-TSO: guest and device sleep/);
    expect(size?.trim()).toBe('1 stale read, 3 switches, 27 accesses');
  });

  it('has a column for each thread, and marks what was buffered, stale and asleep', () => {
    const lines = failureText(lostKick).split('\n');
    const head = lines.find((line) => /^ *# /.test(line)) as string;
    const columns = ['guest', 'device', 'where'].map((name) => head.indexOf(name));
    const at = (text: string): number => (lines.find((line) => line.includes(text)) as string).indexOf(text);
    expect(at('W avail.idx=1  BUFFERED, seen after 22')).toBe(columns[0]);
    expect(at('(15 reaches memory)')).toBe(columns[0]);
    expect(at('R avail.idx=0 <- init  STALE: 15 is newer')).toBe(columns[1]);
    expect(at('wait while kick=0 <- init  ASLEEP FOR EVER')).toBe(columns[1]);
    expect(
      lines.filter((line) => line.includes('split-driver.')).map((line) => line.indexOf('src/')),
    ).toContain(columns[2]);
  });

  it('ends with the sleepers, and the cause as a pair', () => {
    const text = failureText(lostKick);
    expect(text).toContain('device sleeps on kick since 23: guest never rang it and sleeps too\n');
    expect(text).toMatch(
      /\ncause: 15 -> 17 not ordered \(store->load\): guest's W avail.idx=1 and R used.flags=1\n$/,
    );
  });

  it('folds plain accesses, and shows them with their orders when asked to', () => {
    const brief = failureText(lostKick);
    expect(brief).toMatch(/^5-14 {2}\.\.\. 10 plain accesses$/m);
    expect(brief).not.toContain('desc[0]');
    const all = failureText(lostKick, { verbose: true });
    expect(all).toMatch(/W desc\[0\]\.len=4 \(plain\)/);
    expect(all).toMatch(/W avail\.idx=1 \(release\)/);
    expect(all).not.toContain('plain accesses');
  });

  it('never folds the accesses that race', () => {
    const text = failureText(reportOf(failing(small.UNPUBLISHED, 'rc11')));
    expect(text).toMatch(/^ *\d+ {2}W x=7 /m);
    expect(text).toMatch(/^cause: \d+ and \d+ are ordered by nothing: writer's W x=7 and reader's R x=7$/m);
    expect(text).toMatch(/^ {7}\d+ takes \d+ /m);
  });

  it('says delayed where no store buffer is to blame', async () => {
    const text = failureText(reportOf(await failingRing('armv8', 'split', [NO_KICK_FENCE])));
    expect(text).toContain('DELAYED, seen after 22');
    expect(text).not.toContain('BUFFERED');
  });

  it('has room for the other profiles and for a verified fix', () => {
    const text = failureText(
      { ...lostKick, fix: { verified: true, text: 'a fence at split-driver.ts:152' } },
      {
        matrix: [
          { profile: 'sc', verdict: 'ok', failing: 0, seen: 57 },
          { profile: 'tso', verdict: 'fail', failing: 1, seen: 57 },
          {
            profile: 'js',
            verdict: 'ok',
            failing: 0,
            seen: 57,
            note: 'masked: Atomics are sequentially consistent',
          },
        ],
      },
    );
    expect(text).toMatch(/^sc {3}ok {9}57$/m);
    expect(text).toMatch(/^tso {2}FAIL {2}1 of 57$/m);
    expect(text).toMatch(/^js .* masked: Atomics are sequentially consistent$/m);
    expect(text).toMatch(/\nfix verified: a fence at split-driver\.ts:152\n$/);
  });
});
