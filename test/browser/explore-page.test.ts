import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { chromiumForTests, HAS_CHROMIUM } from '../support/browser/chromium.js';
import { complaintsOf, expectReadable, LOOKS, wrongWith } from '../support/browser/page-checks.js';
import { Scratch, vring } from '../support/e2e/vring.js';

const scratch = new Scratch();
const browser = chromiumForTests();

afterAll(() => {
  scratch.remove();
});

describe.skipIf(!HAS_CHROMIUM)('the page of a failed exploration', () => {
  it.each([
    ['abstract-ring', 'defect=no-fence-before-avail-event'],
    ['config', 'checksGeneration=false'],
  ])('%s can be read, and stepped through', async (program, set) => {
    const file = scratch.path(`${program}.html`);
    const flags = ['--profile', 'tso', '--no-fix', '--progress', 'never'];
    await vring(['explore', program, '--set', set, ...flags, '--html', file]);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(pathToFileURL(file).href);
    for (const { width, colorScheme } of Object.values(LOOKS)) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await expectReadable(page);
    }
    const steps = Number(await page.locator('#step').getAttribute('max'));
    await page.locator('#step').fill(String(steps));
    expect(await page.locator('#now').innerText()).toMatch(new RegExp(`^${steps} +\\w+: .* src/`));
    expect(await page.locator('.event.future').count()).toBe(0);
    await page.locator('#back').click();
    expect(await page.locator('.event.future').count()).toBe(1);
    expect(await page.locator('.event.present').getAttribute('data-row')).toBe(String(steps - 1));
    expect(await page.locator('#memory tr').count()).toBeGreaterThan(0);
    expect(await wrongWith(page, 'tooWide')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
