import { mkdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount, formatNs } from '../../src/report/format.js';
import type { StoredRun } from '../../src/runs/stored-run.js';
import { chromiumForTests, HAS_CHROMIUM } from '../support/browser/chromium.js';
import { keptRun, pageOf } from '../support/browser/short-runs.js';
import { Scratch, vring } from '../support/e2e/vring.js';

const scratch = new Scratch();
const browser = chromiumForTests();
let run: StoredRun;
let url: string;

beforeAll(async () => {
  if (!HAS_CHROMIUM) return;
  const sets = ['workload=mixed', 'duration=1500ms', 'warmup=100ms', 'backend.size=4MiB'];
  run = await keptRun(['blk-randread', ...sets.flatMap((set) => ['--set', set])], scratch, 'long');
  url = pathToFileURL(await pageOf(run, scratch)).href;
});

afterAll(() => {
  scratch.remove();
});

async function opened(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1180, height: 900 }, ...options });
  await page.goto(url);
  return page;
}

describe.skipIf(!HAS_CHROMIUM)('the page of a run', () => {
  it('is what `vring report --format html` writes', async () => {
    const file = scratch.path('cli.html');
    const { code, stderr } = await vring(['report', run.directory, '--format', 'html', '--output', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const page = await opened();
    expect(readFileSync(file, 'utf8')).toContain(await page.locator('#data').innerHTML());
    await page.close();
  });

  it('says all of it without a script: verdict, replay, tables, plots', async () => {
    const page = await opened({ javaScriptEnabled: false });
    expect(await page.locator('h1').innerText()).toMatch(/^✓ PASS blk-randread/);
    expect(await page.locator('pre.command').innerText()).toBe(run.document['replay']);
    for (const region of ['all jobs', 'thresholds', 'percentiles of randread', 'notifications of randread'])
      expect(await page.locator(`[aria-label="${region}"] tbody tr`).count(), region).toBeGreaterThan(0);
    expect(await page.locator('.plot .wide .line').count()).toBeGreaterThanOrEqual(8);
    expect(await page.locator('button:visible').count()).toBe(0);
    await page.close();
  });

  it('shows under the pointer what was measured in that interval', async () => {
    const page = await opened();
    const plot = page.locator('.plot', { has: page.locator('.wide svg[aria-label*="over time"]') });
    const [series] = run.series;
    const last = (series?.end_ms.length ?? 0) - 2;
    const svg = plot.locator('.wide svg');
    const x = Number((await svg.getAttribute('data-x'))?.split(' ')[last]);
    await svg.hover({ position: { x, y: 60 } });
    const rows = await plot.locator('.readout tr').allInnerTexts();
    const lengthS = ((series?.end_ms[last] ?? 0) - (series?.end_ms[last - 1] ?? 0)) / 1000;
    const p99 = series?.p99_ns[last];
    expect(
      rows.map((row) =>
        row
          .split(/\s+/)
          .filter((word) => word !== '')
          .join(' '),
      ),
    ).toEqual(
      expect.arrayContaining([
        `op/s ${formatCount((series?.operations[last] ?? 0) / lengthS)}`,
        `p99 ${p99 === null || p99 === undefined ? '-' : formatNs(p99)}`,
      ]),
    );
    expect(Number(await plot.locator('.cross').getAttribute('x1'))).toBe(x);
    await page.mouse.move(5, 5);
    expect(await plot.locator('.readout').isVisible()).toBe(false);
    await page.close();
  });

  it('gives its data back as a file', async () => {
    const page = await opened();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
    expect(download.suggestedFilename()).toBe('vring-blk-randread.json');
    mkdirSync(scratch.path('saved'));
    await download.saveAs(scratch.path('saved/run.json'));
    const data = JSON.parse(readFileSync(scratch.path('saved/run.json'), 'utf8')) as unknown;
    const { document, histograms, series } = run;
    expect(data).toEqual({ run: document, histograms, series });
    await page.close();
  });

  it('is light or dark as the system has it, and the other way by the button', async () => {
    const page = await opened({ colorScheme: 'dark' });
    const paper = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor') as Promise<string>;
    const dark = await paper();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.locator('#theme').click();
    await page.locator('#theme').click();
    expect(await paper()).toBe(dark);
    await page.locator('#theme').click();
    expect(await paper()).toBe(light);
    await page.close();
  });
});
