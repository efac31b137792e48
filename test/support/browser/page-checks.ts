import { expect } from 'vitest';
import type { Page } from 'playwright-core';

/** Run in the page, where the types of a document are; each gives what it found wrong. */
const FUNCTIONS = `
const isShown = (element) => element.getBoundingClientRect().width > 0;
const texts = (svg) => [...svg.querySelectorAll('text')]
  .filter((text) => text.textContent.trim() !== '' && isShown(text));
const meet = (one, other) =>
  Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
  Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;

function overlaps() {
  return [...document.querySelectorAll('svg')].filter(isShown).flatMap((svg) => {
    const placed = texts(svg).map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    return placed.flatMap((one, i) =>
      placed.slice(i + 1).filter((other) => meet(one.box, other.box))
        .map((other) => svg.getAttribute('aria-label') + ': ' + one.text + ' | ' + other.text));
  });
}

function cutOff() {
  return [...document.querySelectorAll('svg')].filter(isShown).flatMap((svg) => {
    const frame = svg.getBoundingClientRect();
    return texts(svg).filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
        box.bottom > frame.bottom + 1;
    }).map((text) => svg.getAttribute('aria-label') + ': ' + text.textContent);
  });
}

function tooWide() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth <= clientWidth ? [] : [scrollWidth + ' px in a window of ' + clientWidth];
}

function elsewhere() {
  const links = [...document.querySelectorAll('[src], [href]')].map((element) =>
    element.getAttribute('src') ?? element.getAttribute('href'));
  return links.filter((link) => !link.startsWith('#') || document.getElementById(link.slice(1)) === null);
}

/** As WCAG 2 has it; a canvas makes numbers of whatever notation a colour has. */
function faint() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = (colour) => {
    const [low, high] = [paper, luminance(colour)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const colours = new Set([
    ...[...document.querySelectorAll('svg text')].map((text) => getComputedStyle(text).fill),
    ...[...document.querySelectorAll('p, li, th, td, h1 span')].map((text) => getComputedStyle(text).color),
  ]);
  return [...colours].filter((colour) => contrast(colour) < 4.5);
}
`;

type Check = 'overlaps' | 'cutOff' | 'tooWide' | 'elsewhere' | 'faint';

/** What a check finds wrong in the page as it is shown now. */
export function wrongWith(page: Page, check: Check): Promise<readonly string[]> {
  return page.evaluate(`(() => { ${FUNCTIONS} return ${check}(); })()`);
}

/** All that must hold of every page, in every size and in every colour. */
export async function expectReadable(page: Page): Promise<void> {
  for (const check of ['overlaps', 'cutOff', 'tooWide', 'elsewhere', 'faint'] as const)
    expect(await wrongWith(page, check), check).toEqual([]);
}

/** Errors and warnings of the page, and everything that it asks for beside itself, from now on. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) complaints.push(`fetches ${request.url()}`);
  });
  return complaints;
}

/** The sizes and colours that a page is looked at in. */
export const LOOKS = {
  light: { width: 1180, colorScheme: 'light' },
  dark: { width: 1180, colorScheme: 'dark' },
  middle: { width: 840, colorScheme: 'light' },
  narrow: { width: 360, colorScheme: 'dark' },
} as const;
