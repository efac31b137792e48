import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { RecordedLife } from '../../src/recording/recording.js';
import { requestsOf } from '../../src/recording/requests.js';
import { Rng } from '../../src/rng.js';
import { readRecordings } from '../../src/runs/read-recordings.js';
import type { StoredRun } from '../../src/runs/stored-run.js';
import { chromiumForTests, HAS_CHROMIUM } from '../support/browser/chromium.js';
import { complaintsOf, expectReadable, LOOKS } from '../support/browser/page-checks.js';
import { shownWords, wordsIn } from '../support/browser/ring-page.js';
import { keptRun, pageOf } from '../support/browser/short-runs.js';
import { Scratch } from '../support/e2e/vring.js';
import { Rebuilt } from '../support/recording/apply.js';
import { seeded } from '../support/ring/seeded.js';

const { seed } = seeded(1, 816);
const scratch = new Scratch();
const browser = chromiumForTests();

afterAll(() => {
  scratch.remove();
});

interface Opened {
  readonly page: Page;
  readonly life: RecordedLife;
  readonly complaints: readonly string[];
}

const recorded = new Map<string, Promise<StoredRun>>();

/** A job of two threads that is recorded, once for all tests. */
function recording(layout: string, which: string): Promise<StoredRun> {
  const name = `${layout}-${which.replace(':', '-')}`;
  const sets = [`queue.layout=${layout}`, 'queue.size=16', 'depth=8', 'backend.size=1MiB'];
  sets.push('operations=60', 'warmup=0');
  const args = ['blk-randread', '--record', which, ...sets.flatMap((set) => ['--set', set])];
  const run = recorded.get(name) ?? keptRun(args, scratch, name);
  recorded.set(name, run);
  return run;
}

async function opened(layout: string, which: string): Promise<Opened> {
  const run = await recording(layout, which);
  const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
  const complaints = complaintsOf(page);
  await page.goto(pathToFileURL(await pageOf(run, scratch)).href);
  const [job] = readRecordings(run.directory);
  return { page, life: job?.lives[0] as RecordedLife, complaints };
}

/** To where so many events have happened. */
async function stepTo(page: Page, events: number): Promise<void> {
  await page.locator('.rv-slider').fill(String(events));
}

describe.skipIf(!HAS_CHROMIUM).each([
  ['split', 'first:4000'],
  ['packed', 'first:4000'],
  ['split', 'last:128'],
  ['packed', 'last:128'],
])('the ring viewer: a %s ring, %s', (layout, which) => {
  it(`shows at each event the bytes that the ring had, seed ${seed}`, async () => {
    const { page, life, complaints } = await opened(layout, which);
    const count = life.events.length;
    expect(count).toBeGreaterThan(128);
    const rng = new Rng(seed);
    const places = [0, 1, count, ...Array.from({ length: 40 }, () => rng.below(count + 1))];
    for (const events of places) {
      await stepTo(page, events);
      const memory = new Rebuilt(life);
      memory.advance(events);
      expect(await shownWords(page), `after ${events} events`).toEqual(wordsIn(memory, life));
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe.skipIf(!HAS_CHROMIUM).each(['split', 'packed'])('the ring viewer: a %s ring', (layout) => {
  it('has at its end the bytes that the memory had when the threads had ended', async () => {
    const { page, life } = await opened(layout, 'first:4000');
    expect(life).toMatchObject({ isFromStart: true, isToEnd: true });
    await page.locator('.rv-app').press('End');
    const memory = new Rebuilt(life);
    const parts = life.areas.filter(({ name }) => name !== 'table');
    for (const [i, { address }] of parts.entries())
      Buffer.from(memory.buffer).set(life.atEnd?.[i] as Uint8Array, address);
    expect(await shownWords(page)).toEqual(wordsIn(memory, life));
    await page.close();
  });

  it('goes one event on and back with the keys, and says who did what', async () => {
    const { page, life } = await opened(layout, 'first:4000');
    const app = page.locator('.rv-app');
    await stepTo(page, 100);
    const before = await shownWords(page);
    for (let events = 101; events <= 160; events++) {
      await app.press('ArrowRight');
      expect(await app.getAttribute('data-event')).toBe(String(events - 1));
      expect(await page.locator('.rv-who').innerText()).toBe(life.events[events - 1]?.side);
      expect(await page.locator('.rv-text').innerText()).not.toBe('');
    }
    expect(await shownWords(page)).not.toEqual(before);
    for (let i = 0; i < 60; i++) await app.press('ArrowLeft');
    expect(await shownWords(page)).toEqual(before);
    await app.press('Home');
    expect(await page.locator('.rv-text').innerText()).toBe('Before the first event.');
    await page.close();
  });

  it('goes to a buffer by its number, and follows it', async () => {
    const { page, life } = await opened(layout, 'first:4000');
    const request = requestsOf(life.events).find(
      ({ ordinal, times }) => ordinal > 10 && times.reapedNs !== null,
    );
    await page.locator('.rv-jump input[name=ordinal]').fill(String(request?.ordinal));
    await page.locator('.rv-jump button').click();
    const at = Number(await page.locator('.rv-app').getAttribute('data-event'));
    expect(life.events[at]).toMatchObject({
      side: 'driver',
      event: { kind: 'posted', ordinal: request?.ordinal },
    });
    expect(await page.locator('.rv-followed').innerText()).toContain(`#${request?.ordinal}`);
    await page.close();
  });

  it('can be read in all sizes and colours, and has a table without a script', async () => {
    const { page, complaints } = await opened(layout, 'first:4000');
    await stepTo(page, 300);
    for (const { width, colorScheme } of Object.values(LOOKS)) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await expectReadable(page);
    }
    expect(complaints).toEqual([]);
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(page.url());
    expect(await plain.locator('.rv-plain tbody tr').count()).toBe(60);
    await plain.close();
    await page.close();
  });
});
