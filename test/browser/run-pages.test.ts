import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { JobSeries } from '../../src/machine/job-series.js';
import { chromiumForTests, HAS_CHROMIUM } from '../support/browser/chromium.js';
import { complaintsOf, expectReadable, LOOKS } from '../support/browser/page-checks.js';
import { pageOf, SCENARIOS, shortRun } from '../support/browser/short-runs.js';
import { Scratch } from '../support/e2e/vring.js';

const scratch = new Scratch();
const browser = chromiumForTests();

afterAll(() => {
  scratch.remove();
});

describe.skipIf(!HAS_CHROMIUM)('the page of a shipped scenario', () => {
  it.each(SCENARIOS)('%s', async (name) => {
    const run = await shortRun(name, scratch);
    const file = await pageOf(run, scratch);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(pathToFileURL(file).href);
    for (const { width, colorScheme } of Object.values(LOOKS)) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, media: 'screen' });
      await expectReadable(page);
    }
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 700, height: 1000 });
    await expectReadable(page);
    await expectComplete(page, run.series.some(isPictured));
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** Long enough for a picture, and something happened. */
function isPictured({
  end_ms: ends,
  outstanding_max: fill,
  operations,
  warmup_operations: before,
}: JobSeries): boolean {
  return ends.length >= 5 && [...fill, ...operations, ...before].some((count) => count > 0);
}

/** Each plot has the titles of its axes, numbers along them, and a name for each of several lines. */
async function expectComplete(page: Page, hasTime: boolean): Promise<void> {
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize({ width: 1180, height: 900 });
  const plots = page.locator('.plot .wide svg');
  for (const plot of await plots.all()) {
    const panels = await plot.locator('.panel').count();
    expect(await plot.locator('.axis-title').count()).toBe(panels + 1);
    for (const title of await plot.locator('.axis-title').allTextContents()) expect(title).not.toBe('');
    expect(await plot.locator('.tick').count()).toBeGreaterThanOrEqual(2 * panels + 2);
    const named =
      (await plot.locator('.name').count()) + (await plot.locator('xpath=..').locator('.legend li').count());
    expect(named).toBeGreaterThan(0);
  }
  if (hasTime)
    expect(await page.locator('.plot .wide svg[aria-label*="over time"]').count()).toBeGreaterThan(0);
}
