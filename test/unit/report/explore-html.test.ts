import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FailureReport, failureReport } from '../../../src/explore/failure-report.js';
import type { Recording } from '../../../src/explore/recording.js';
import { failureHtml } from '../../../src/report/explore-html.js';
import { memorySteps, type MemorySteps } from '../../../src/report/explore-memory.js';
import { traceText } from '../../../src/report/explore-text.js';
import { failing, failingRing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

let report: FailureReport;
let page: string;

beforeAll(async () => {
  const { program, spec, profile, best } = await failingRing('tso', 'split', [NO_KICK_FENCE]);
  report = failureReport(program, spec, profile, best.best as Recording);
  page = failureHtml(report);
});

describe('the page of a failure', () => {
  it('fetches nothing, and forbids itself to', () => {
    expect(page).not.toMatch(/(src|href)=|@import|url\((?!#)|fetch\(|import\(/);
    const none =
      'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;unsafe-inline&#39;';
    expect(page).toContain(`content="${none}"`);
    expect(page).not.toMatch(/https?:/);
  });

  it('is well-formed: every element that is opened is closed, in order', () => {
    const body = page.replaceAll(/<script\b[^>]*>[^]*?<\/script>|<style>[^]*?<\/style>/g, '');
    const open: string[] = [];
    for (const [, slash, name = '', , self] of body.matchAll(
      /<(\/?)([a-z1-6]+)((?:"[^"]*"|[^">])*?)(\/?)>/g,
    )) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (self !== '/' && !['meta', 'input'].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('has a dot for each access, arrows to what was read from the other side, and the source on hover', () => {
    expect(page.match(/data-row="/g)).toHaveLength(report.trace.rows.length);
    const across = report.trace.rows.filter(
      ({ from, thread }) => from !== null && from > 0 && report.trace.rows[from - 1]?.thread !== thread,
    );
    expect(across.length).toBeGreaterThan(0);
    expect(page.match(/class="rf" /g)).toHaveLength(across.length);
    expect(page.match(/class="missed" /g)).toHaveLength(1);
    expect(page).toMatch(
      /<title>src\/virtqueue\/split-driver\.[jt]s:\d+ {2}SplitDriver\.publish, release<\/title>/,
    );
  });

  it('says everything without a script too', () => {
    const text = traceText(report).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(page).toContain(`<pre>${text}</pre>`);
    expect(page).toContain(`<pre class="command">${report.replay}</pre>`);
  });

  it('follows the colours of the reader, light or dark', () => {
    expect(page).toContain('color-scheme: light dark');
    expect(page).toContain('light-dark(');
  });

  it('lets no text of a program become markup', () => {
    const evil = '</script><script>alert(1)</script>';
    const program = { ...small.SILENT_CHANGE, label: () => evil };
    const { best, spec } = failing(program, 'sc');
    const own = failureHtml(failureReport(program, spec, 'sc', best.best as Recording));
    expect(own).not.toContain('<script>alert');
    expect(own.match(/<script/g)).toHaveLength(3);
  });
});

describe('the script of the page', () => {
  it('gets the steps of memory: each value where it arrives, and what is on its way', () => {
    const data = /<script type="application\/json" id="steps">([^]*?)<\/script>/.exec(page)?.[1] ?? '';
    const steps = JSON.parse(data) as MemorySteps;
    expect(steps).toEqual(memorySteps(report));
    const cell = steps.cells.findIndex(([name]) => name === 'avail.idx');
    expect(steps.cells[cell]?.[1]).toBe('0');
    const published = report.trace.rows.findIndex(({ text }) => text === 'W avail.idx=1');
    expect(steps.rows[published]).toMatchObject({ held: [cell, '1', 22], arrives: [] });
    expect(steps.rows[21]?.arrives).toEqual([[cell, '1']]);
    const descriptor = report.trace.rows.findIndex(({ text }) => text === 'W desc[0].len=4');
    const length = steps.cells.findIndex(([name]) => name === 'desc[0].len');
    expect(steps.rows[descriptor]).toMatchObject({ held: null, arrives: [[length, '4']] });
  });
});

describe('the slider', () => {
  it('shows what is in memory behind each access, and what has not arrived there', () => {
    const { element, drag } = openPage(page);
    expect(element('stepper').hidden).toBe(false);
    expect(element('now').textContent).toBe('before the first access');
    const cells = (): string[] =>
      element('memory')
        .rows()
        .map((row) => row.join('|'));
    expect(cells()).toContain('avail.idx|0|');
    drag(15);
    expect(element('now').textContent).toMatch(
      /^15 {2}guest: W avail\.idx=1 {3}src\/virtqueue\/split-driver/,
    );
    expect(cells()).toContain('avail.idx|0|(1 is not there yet)');
    expect(cells()).toContain('desc[0].len|4|');
    drag(22);
    expect(cells()).toContain('avail.idx|1|');
    element('back').click();
    expect(cells()).toContain('avail.idx|0|(1 is not there yet)');
  });
});

/** As much of a document as the page's script asks for. */
class FakeElement {
  hidden = true;
  textContent: string;
  value = '0';
  className = '';
  readonly children: FakeElement[] = [];
  private readonly listeners = new Map<string, () => void>();

  constructor(textContent = '') {
    this.textContent = textContent;
  }

  insertRow(): FakeElement {
    this.children.push(new FakeElement());
    return this.children.at(-1) as FakeElement;
  }

  insertCell(): FakeElement {
    return this.insertRow();
  }

  replaceChildren(...children: FakeElement[]): void {
    this.children.splice(0, Infinity, ...children);
  }

  addEventListener(name: string, listener: () => void): void {
    this.listeners.set(name, listener);
  }

  click(): void {
    this.listeners.get('click')?.();
  }

  input(value: string): void {
    this.value = value;
    this.listeners.get('input')?.();
  }

  /** The texts of a table inside this. */
  rows(): string[][] {
    return (this.children[0]?.children ?? []).map((row) =>
      row.children.map(({ textContent }) => textContent),
    );
  }
}

function openPage(html: string): { element: (id: string) => FakeElement; drag: (to: number) => void } {
  const ids = ['stepper', 'step', 'back', 'next', 'now', 'memory'];
  const elements = new Map(ids.map((id) => [id, new FakeElement()]));
  const data = /<script type="application\/json" id="steps">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  elements.set('steps', new FakeElement(data));
  const element = (id: string): FakeElement => elements.get(id) as FakeElement;
  // Behind the one that all pages have.
  const source = [...html.matchAll(/<script>([^]*?)<\/script>/g)].at(-1)?.[1] ?? '';
  runInNewContext(source, {
    document: {
      getElementById: element,
      createElement: () => new FakeElement(),
      querySelectorAll: () => [],
    },
  });
  return { element, drag: (to) => element('step').input(String(to)) };
}
