import { describe, expect, it } from 'vitest';
import { type FailureReport, failureReport } from '../../../../src/explore/failure-report.js';
import type { Recording } from '../../../../src/explore/recording.js';
import { stressHtml } from '../../../../src/report/html/stress/stress-page.js';
import { failingRing, NO_KICK_FENCE } from '../../../support/explore/failing.js';
import { failedStress, outcomeRows, stressReport } from '../../../support/stress/reports.js';

async function lostWakeup(): Promise<FailureReport> {
  const { program, spec, profile, best } = await failingRing('tso', 'split', [NO_KICK_FENCE]);
  return failureReport(program, spec, profile, best.best as Recording);
}

/** That they are all there, one behind the other. */
function expectInOrder(page: string, texts: readonly string[]): void {
  const places = texts.map((text) => page.indexOf(text));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
}

describe('the page of a stress', () => {
  it('begins with the verdict, then how to see it again, what failed and why, then what was seen', async () => {
    const page = stressHtml(failedStress(await lostWakeup()));
    expectInOrder(page, [
      'FAIL</span> stress, seed 7',
      'liveness, exit 21: 4 rounds, 32 rings, 12k buffers in 1.5 s',
      'vring stress --seed 7 --rounds 4<',
      'lost kick: nothing moved for 3 s',
      'the device sleeps, a &lt; b',
      'vring stress --seed 7 --rounds 100 --round 3<',
      'aria-label="what both sides did last"',
      'all 40 recorded events are kept: last-events.ndjson',
      'round 3: split ring of 2, tso',
      '--without faults,pauses<',
      'split, 1 buffer in a ring of 2: tso fails',
      'split: lost wakeup under x86-TSO',
      'vring replay v1.tso.',
      'id="step"',
      'aria-label="the accesses of 2 threads in order"',
      'id="outcomes"',
    ]);
  });

  it('steps through one execution, and shows the others as text', async () => {
    const one = failedStress(await lostWakeup());
    const page = stressHtml({
      ...one,
      failures: [one, structuredClone(one)].flatMap(({ failures }) => failures),
    });
    expect(page.match(/id="steps"/g)).toHaveLength(1);
    expect(page).toContain('<pre>replay: vring replay v1.tso.');
  });

  it('shows the last events of both sides, a lane for each, by the time before the newest', () => {
    const page = stressHtml(failedStress(null));
    const [, table = ''] = page.split('aria-label="what both sides did last"');
    const rows = [...(table.split('</table>')[0]?.matchAll(/<tr><th scope="row">([^]*?)<\/tr>/g) ?? [])];
    const cells = rows.map(([, row = '']) => row.replaceAll(/<[^>]+>/g, '|').split(/\|+/));
    expect(cells).toEqual([
      ['1.5 us', 'slept', ''],
      ['0 ns', 'shown count 1', ''],
    ]);
    expect(rows[0]?.[1]).toContain('<td></td><td><span class="wrap">slept</span></td>');
    expect(rows[1]?.[1]).toContain('<td><span class="wrap">shown count 1</span></td><td></td>');
    expect(page).toContain('what both sides did last in the smaller one: 1 event<');
    const empty = stressHtml(failedStress(null, { last_events: [], recorded_events: 0, events_file: null }));
    expect(empty).toContain('no event of the two sides was recorded');
    expect(empty).not.toContain('aria-label="what both sides did last"');
  });

  it('says what was explored in vain, and what could not be', () => {
    const page = stressHtml(failedStress(null));
    expect(page).toContain('tso nothing in all 38 executions');
    expect(page).toContain('They do not have:</p>\n<ul><li>two queues</li></ul>');
    expect(page).not.toContain('id="steps"');
  });

  it('shows where an error of ours was thrown, in which mode of the engine', () => {
    const failures = failedStress(null, {
      stack: 'at f (file.js:1)',
      v8: 'baseline',
      explanation: null,
    }).failures;
    const page = stressHtml(stressReport({ verdict: 'error', exitCode: 1, failures }));
    expect(page).toContain('ERROR</span> stress');
    expect(page).toContain('<pre>at f (file.js:1)</pre>');
    expect(page).toContain('ring 6, V8 baseline');
  });

  it('has a table for each class, the worst grade first, and bars on one log scale', () => {
    const rare = {
      ...(outcomeRows()[0] ?? fail()),
      result: 'wrong payload',
      grade: 'forbidden',
      frequency: 0,
    } as const;
    const page = stressHtml(stressReport({ outcomes: [...outcomeRows(), rare] }));
    const [, table = ''] = page.split('aria-label="outcomes of split, not perturbed"');
    const rows = [...(table.split('</table>')[0]?.matchAll(/<tr><th scope="row">[^]*?<\/tr>/g) ?? [])].map(
      ([row]) => row,
    );
    expect(rows).toHaveLength(outcomeRows().length + 1);
    const grades = rows.map((row) => /(forbidden|interesting|acceptable)<\/span><\/td><\/tr>/.exec(row)?.[1]);
    const order = ['forbidden', 'interesting', 'acceptable'];
    expect(grades).toEqual(
      grades.toSorted((one, other) => order.indexOf(one ?? '') - order.indexOf(other ?? '')),
    );
    const widths = rows
      .slice(1)
      .map((row) => Number(/width:([\d.]+)%/.exec(row)?.[1]))
      .toSorted((one, other) => other - one);
    expect(widths[0]).toBe(100);
    // A tenth is a step of the same width everywhere.
    const steps = widths.slice(1).map((width, i) => (widths[i] ?? 0) - width);
    for (const step of steps) expect(step).toBeCloseTo(steps[0] ?? 0, 0);
    expect(rows[0]).toContain('width:0.0%');
    expect(rows[0]).toContain('>-</td>');
  });

  it('says that it was interrupted before anything was seen', () => {
    const page = stressHtml(stressReport({ verdict: 'interrupted', exitCode: 130, outcomes: [] }));
    expect(page).toContain('INTERRUPTED</span> stress');
    expect(page).toContain('Nothing was seen.');
    expect(page).not.toContain('id="frequencies"');
  });

  it('lets nothing that was found become markup', () => {
    const evil = '</script><script>alert(1)</script>';
    const page = stressHtml(
      failedStress(null, { message: evil, code: evil, configuration: evil, replay: evil }),
    );
    expect(page).not.toContain('<script>alert');
  });
});

function fail(): never {
  throw new Error('there are no outcomes');
}
