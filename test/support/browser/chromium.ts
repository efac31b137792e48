import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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

export function startChromium(): Promise<Browser> {
  if (found === null) throw new Error(`no Chromium at ${PLACES.join(', ')}: apt-get install chromium`);
  return chromium.launch({ executablePath: found, args: FLAGS });
}
