import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../../src/exit-code.js';
import type { JobReport } from '../../../../src/machine/job-report.js';
import type { JobSeries } from '../../../../src/machine/job-series.js';
import { runHtml } from '../../../../src/report/html/run-page.js';
import { jobSeries } from '../../runs/fixtures.js';
import { failure, jobReport, latencySplitReport, runReport } from '../fixtures.js';

function pageOf(jobs: readonly JobReport[], series: readonly JobSeries[] = [], thresholds = {}): string {
  return runHtml({
    report: runReport({ jobs, ...thresholds }),
    histograms: new Map(),
    series: new Map(series.map((one) => [one.job, one])),
  });
}

describe('the page of a run', () => {
  it('begins with the verdict, then the command that repeats it, then what went wrong', () => {
    const broken = jobReport({
      verdict: 'fail',
      failures: [failure(ExitCode.liveness, 'nothing moved\nqueue 0: <stuck>')],
    });
    const page = pageOf([broken]);
    const places = ['FAIL', 'vring run ', 'What went wrong', 'nothing moved', 'id="jobs"'].map((text) =>
      page.indexOf(text),
    );
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(page).toContain('<pre>queue 0: &lt;stuck&gt;</pre>');
  });

  it('marks in time what happened, and where the run broke off', () => {
    const resets = Array.from({ length: 10 }, (_, i) => (i === 4 ? 2 : 0));
    const broken = jobReport({ verdict: 'fail', failures: [failure(ExitCode.liveness, 'stuck')] });
    const page = pageOf([broken], [jobSeries(10, { ring_resets: resets })]);
    const wide = page.slice(page.indexOf('over time" viewBox'));
    expect(wide).toMatch(/class="lane-label f1"[^>]*>ring resets: 2</);
    expect(wide).toMatch(/class="lane-label f2"[^>]*>broke off: CODE</);
    const [, at] = /class="ticks s1" d="M([\d.]+) /.exec(wide) ?? [];
    const [, xs] = /data-x="([^"]*)"/.exec(wide) ?? [];
    expect(xs?.split(' ')[4]).toBe(at);
  });

  it('marks in time which thread the scenario struck, and how', () => {
    const faults = [{ at_ms: 250, thread: 'host 0', how: 'pause', for_ms: 200 }] as const;
    const page = pageOf([jobReport()], [jobSeries(10, { faults })]);
    const wide = page.slice(page.indexOf('over time" viewBox'));
    expect(wide).toMatch(/class="lane-label f2"[^>]*>fault: host 0 stands still for 200 ms</);
    const [, at] = /class="ticks s2" d="M([\d.]+) /.exec(wide) ?? [];
    const xs = (/data-x="([^"]*)"/.exec(wide)?.[1] ?? '').split(' ').map(Number);
    // In the middle of the third interval of 100 ms.
    expect(Number(at)).toBeCloseTo(((xs[1] ?? Number.NaN) + (xs[2] ?? Number.NaN)) / 2, 0);
  });

  it('says on which part of its way a request spent its time', () => {
    expect(pageOf([jobReport()])).not.toContain('Where the latency goes');
    const page = pageOf([jobReport({ latency_split: latencySplitReport() })]);
    const part = page.slice(page.indexOf('Where the latency goes'));
    expect(part).toContain('mean of 9 us');
    expect(part).toContain('to device 22.2 %');
    expect(part).not.toContain('waiting 0 %');
    expect(part).toMatch(/<th scope="row">back<\/th>(<td class="n">[^<]*<\/td>){4}<td class="n">40 us</);
    expect(part).toContain('15.6k sampled. The clocks of both sides may differ by 240 ns.');
  });

  it('counts the notifications that brought nothing', () => {
    const page = pageOf([jobReport()]);
    const part = page.slice(page.indexOf('<h3>Notifications'));
    expect(part).toMatch(/<th scope="row">kicks<\/th>(<td class="n">[^<]*<\/td>){3}<td class="n">12</);
    expect(part).toMatch(/<th scope="row">interrupts<\/th>(<td class="n">[^<]*<\/td>){3}<td class="n">34</);
  });

  it('draws no time where too few intervals, or none, were kept', () => {
    expect(pageOf([jobReport()])).toContain('No intervals were kept');
    expect(pageOf([jobReport()], [jobSeries(4)])).toContain('The job took 400 ms: 4 intervals');
    expect(pageOf([jobReport()], [jobSeries(4)])).not.toContain('over time"');
  });

  it('gives sections to the jobs that failed and the slowest, and says that it does', () => {
    const jobs = Array.from({ length: 20 }, (_, i) => {
      const latency = { ...(jobReport().latency_ns ?? fail()), p99: 1000 * (i + 1) };
      return jobReport({
        name: `job${i}`,
        latency_ns: latency,
        verdict: i === 0 ? 'fail' : 'pass',
        lost: i === 0 ? 1 : 0,
      });
    });
    const page = pageOf(jobs);
    const shown = [...page.matchAll(/<section id="job-(\d+)"/g)].map(([, number]) => Number(number));
    expect(shown).toEqual([1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(page).toContain('Of 20 jobs, 12 have a section here');
  });

  it('shows each threshold with its value and whether it held', () => {
    const thresholds = [
      { text: 'p99 < 250us', metric: 'latency_ns', job: 'randread', actual: 41_200, passed: true },
      { text: 'errors value == 0', metric: 'errors', job: 'randread', actual: 3, passed: false },
    ];
    const page = pageOf([jobReport()], [], { thresholds });
    expect(page).toMatch(/✓<\/span><\/th><td>p99 &lt; 250us<\/td><td class="n">41.2 us</);
    expect(page).toMatch(/✗<\/span><\/th><td>errors value == 0<\/td><td class="n">3</);
  });

  it('lets nothing that a user named become markup', () => {
    const evil = '</script><script>alert(1)</script>';
    const page = pageOf([jobReport({ name: evil })], [jobSeries(9, { job: evil })]);
    expect(page).not.toContain('<script>alert');
    expect(page.match(/<script>/g)).toHaveLength(3);
  });
});

function fail(): never {
  throw new Error('the fixture has latencies');
}
