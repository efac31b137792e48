import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { failureReport } from '../../src/explore/failure-report.js';
import type { Recording } from '../../src/explore/recording.js';
import { stressHtml } from '../../src/report/html/stress/stress-page.js';
import type { StoredDocument } from '../../src/runs/stored-run.js';
import { filesOf, writeDirectory } from '../../src/runs/write-run.js';
import { benchDocument, climbing, ENVIRONMENT, ringResult } from '../support/bench/results.js';
import { chromiumForTests, HAS_CHROMIUM } from '../support/browser/chromium.js';
import { complaintsOf, expectReadable, LOOKS } from '../support/browser/page-checks.js';
import { keptRun } from '../support/browser/short-runs.js';
import { failingRing, NO_KICK_FENCE } from '../support/explore/failing.js';
import { Scratch, vring } from '../support/e2e/vring.js';
import { environment } from '../unit/report/fixtures.js';
import { failedStress } from '../support/stress/reports.js';

const scratch = new Scratch();
const browser = chromiumForTests();

afterAll(() => {
  scratch.remove();
});

/** Runs the real command, which writes the page of that name. */
async function pageBy(name: string, code: number, ...args: readonly string[]): Promise<string> {
  const file = scratch.path(`${name}.html`);
  const { code: actual, stdout, stderr } = await vring([...args, '--output', file]);
  expect({ code: actual, stdout, stderr }).toEqual({ code, stdout: '', stderr: '' });
  return file;
}

/** Opens it with all that is folded open, so that it is looked at too, in all sizes and colours. */
async function looked(file: string): Promise<Page> {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(pathToFileURL(file).href);
  await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
  for (const { width, colorScheme } of Object.values(LOOKS)) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, media: 'screen' });
    await expectReadable(page);
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.setViewportSize({ width: 700, height: 1000 });
  await expectReadable(page);
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize({ width: 1180, height: 900 });
  expect(complaints).toEqual([]);
  return page;
}

/** What of it is there for somebody whose browser runs no scripts. */
async function withoutScript(file: string): Promise<Page> {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(pathToFileURL(file).href);
  expect(await page.locator('button:visible').count()).toBe(0);
  return page;
}

function benches(name: string, run: number, nsOf: readonly number[]): string {
  const file = scratch.path(name);
  const results = nsOf.map((ns, i) => ringResult(climbing(ns, 6), { batch: 4 ** i, elements: i + 1 }));
  const measuredIn = run === 0 ? ENVIRONMENT : { ...ENVIRONMENT, node_version: '24.0.0' };
  writeFileSync(file, benchDocument(results, run, measuredIn));
  return file;
}

describe.skipIf(!HAS_CHROMIUM)('the page of', () => {
  it('two benches: the verdict, a row for each pair in plot and table, differences marked', async () => {
    const [a, b] = [benches('a.json', 0, [100, 40, 9]), benches('b.json', 1, [150, 40, 2])];
    const file = await pageBy('benches', 11, 'compare', a, b, '--html');
    expect((await vring(['compare', a, b, '--html'])).stdout).toBe(readFileSync(file, 'utf8'));
    const page = await looked(file);
    await page.close();
    const still = await withoutScript(file);
    expect(await still.locator('h1').innerText()).toMatch(/^✗ REGRESSION 1 slower/);
    const words = await still.locator('.plot .wide .row-text').allTextContents();
    expect(words.map((text) => text.split(' ')[0])).toEqual(['slower', 'unclear', 'faster']);
    expect(await still.locator('[aria-label="all comparisons"] tbody tr').count()).toBe(3);
    expect(await still.locator('tr', { hasText: 'differs' }).allInnerTexts()).toEqual([
      expect.stringMatching(/^Node\s+≠ differs.*20\.20\.2.*24\.0\.0/s),
    ]);
    await still.close();
  });

  it('two runs: besides, the latencies of both over each other', async () => {
    const sets = ['workload=mixed', 'duration=800ms', 'warmup=100ms', 'backend.size=4MiB'];
    const args = ['blk-randread', ...sets.flatMap((set) => ['--set', set])];
    const [a, b] = [await keptRun(args, scratch, 'a'), await keptRun(args, scratch, 'b')];
    // No difference is that sure, in whatever state the machine is.
    const command = ['compare', a.directory, b.directory, '--alpha', '1e-9', '--html'];
    const page = await looked(await pageBy('runs', 0, ...command));
    const plot = page.locator('#latency .plot').first();
    expect(await plot.locator('.wide .line').count()).toBe(2);
    expect(await plot.locator('.wide .name').allTextContents()).toEqual(['A', 'B']);
    await plot.locator('.wide svg').hover({ position: { x: 300, y: 60 } });
    expect(await plot.locator('.readout tr').count()).toBeGreaterThanOrEqual(2);
    await page.close();
  });

  it('a bench: a dot for each repetition of each result', async () => {
    const document = JSON.parse(readFileSync(benches('c.json', 0, [100, 40, 9]), 'utf8')) as StoredDocument;
    const kept = { document: { ...document, environment }, histograms: [], series: [] };
    writeDirectory(scratch.path('bench'), filesOf(kept));
    const file = await pageBy('bench', 0, 'report', scratch.path('bench'), '--format', 'html');
    const page = await looked(file);
    await page.close();
    const still = await withoutScript(file);
    expect(await still.locator('h1').innerText()).toBe('✓ MEASURED bench ring');
    expect(await still.locator('[aria-label="all results"] tbody tr').count()).toBe(3);
    expect(await still.locator('.plot .wide .sample').count()).toBe(3 * 6);
    await still.close();
  });

  it('a stress: what was seen, and how often in each class of rounds', async () => {
    const out = scratch.path('stress');
    const { code } = await vring(['stress', '--seed', '3', '--rounds', '2', '--quiet', '--out', out]);
    expect(code).toBe(0);
    const file = await pageBy('stress', 0, 'report', out, '--format', 'html');
    const page = await looked(file);
    await page.close();
    const still = await withoutScript(file);
    expect(await still.locator('h1').innerText()).toBe('✓ PASS stress, seed 3');
    expect(await still.locator('pre.command').first().innerText()).toBe('vring stress --seed 3 --rounds 2');
    expect(await still.locator('.classes table').count()).toBeGreaterThan(0);
    expect(await still.locator('.meter span').count()).toBe(await still.locator('.classes tbody tr').count());
    await still.close();
  });

  it('a stress that failed: what both sides did last, and one execution to step through', async () => {
    const { program, spec, profile, best } = await failingRing('tso', 'split', [NO_KICK_FENCE]);
    const report = failedStress(failureReport(program, spec, profile, best.best as Recording));
    const file = scratch.path('failed.html');
    writeFileSync(file, stressHtml(report));
    const page = await looked(file);
    expect(await page.locator('[aria-label="what both sides did last"] tbody tr').count()).toBe(2);
    const steps = Number(await page.locator('#step').getAttribute('max'));
    await page.locator('#step').fill(String(steps));
    expect(await page.locator('.event.future').count()).toBe(0);
    await page.locator('#back').click();
    expect(await page.locator('.event.present').getAttribute('data-row')).toBe(String(steps - 1));
    expect(await page.locator('#memory tr').count()).toBeGreaterThan(0);
    await page.close();
  });
});
