import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const found = PLACES.find((place) => existsSync(place)) ?? null;

/** Somebody without a browser can run all other tests. CI needs one: a page that nobody opened is not tested. */
export const HAS_CHROMIUM: boolean = found !== null || process.env['CI'] === 'true';

if (!HAS_CHROMIUM)
  process.stderr.write(`\nskipped: no Chromium at ${PLACES.join(', ')}: no page is looked at\n\n`);

/** A browser for all tests of a file, where there is one; `newPage` is for their bodies and hooks. */
export function chromiumForTests(): { newPage(options?: BrowserContextOptions): Promise<Page> } {
  let browser: Browser | null = null;
  beforeAll(async () => {
    if (HAS_CHROMIUM) browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    newPage(options) {
      if (browser === null) throw new Error('pages can be opened only while tests run, and with a Chromium');
      return browser.newPage(options);
    },
  };
}

function startChromium(): Promise<Browser> {
  if (found === null) throw new Error(`no Chromium at ${PLACES.join(', ')}: apt-get install chromium`);
  return chromium.launch({ executablePath: found, args: FLAGS });
}
