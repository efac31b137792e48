import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runId } from '../../../src/runs/run-id.js';
import { RunStore } from '../../../src/runs/run-store.js';
import { writeDirectory } from '../../../src/runs/write-run.js';
import { jobSeries, keptRun, scratch, storedDocument } from './fixtures.js';

const root = scratch();
let stores = 0;

function newStore(): RunStore {
  return new RunStore(path.join(root, `store-${++stores}`));
}

function at(startedAt: string): ReturnType<typeof keptRun> {
  return keptRun({ document: storedDocument({ started_at: startedAt }) });
}

describe('RunStore', () => {
  it('gives back what it was given', () => {
    const store = newStore();
    const run = keptRun();
    store.add(run, () => 0x3f9a);
    expect(store.ids()).toEqual(['20261123-064710.512-3f9a']);
    const { document, histograms, series, name } = store.find('latest');
    expect({ document, histograms, series }).toEqual(run);
    expect(name).toBe('20261123-064710.512-3f9a');
  });

  it('keeps a run without jobs in one file', () => {
    const store = newStore();
    const run = keptRun({ document: storedDocument({ command: 'bench' }), histograms: [], series: [] });
    const directory = store.add(run);
    expect(readdirSync(directory)).toEqual(['run.json']);
    expect(store.find('latest')).toMatchObject(run);
  });

  it('lists the newest first, whatever the order of their writing', () => {
    const store = newStore();
    const times = ['2026-11-23T06:47:10.512Z', '2026-11-23T06:47:10.513Z', '2025-12-31T23:59:59.999Z'];
    for (const time of times) store.add(at(time), () => 0);
    expect(store.ids()).toEqual([
      '20261123-064710.513-0000',
      '20261123-064710.512-0000',
      '20251231-235959.999-0000',
    ]);
  });

  it('draws again where an id is taken, and overwrites nothing', () => {
    const store = newStore();
    const draws = [7, 7, 7, 8];
    const [first, second] = [0, 1].map(() => store.add(keptRun(), () => draws.shift() ?? 9));
    expect(first).not.toBe(second);
    expect(store.ids()).toHaveLength(2);
  });

  it('leaves nothing behind where a run cannot be written', () => {
    const store = newStore();
    store.add(keptRun(), () => 7);
    expect(() => store.add(keptRun(), () => 7)).toThrow(/ENOTEMPTY|EEXIST/);
    expect(readdirSync(store.directory)).toEqual([runId(keptRun().document.started_at, 7)]);
  });

  it('finds a run by the beginning of its id, and by its directory', () => {
    const store = newStore();
    const directory = store.add(at('2026-11-23T06:47:10.512Z'));
    store.add(at('2026-11-24T06:47:10.512Z'));
    expect(store.find('20261123').directory).toBe(directory);
    expect(store.find(directory).name).toBe(directory);
  });

  it('says why it finds none', () => {
    const store = newStore();
    expect(() => store.find('latest')).toThrow(`no run is kept in ${store.directory}`);
    for (const day of [3, 4]) store.add(at(`2026-11-0${day}T06:47:10.512Z`));
    expect(() => store.find('202611')).toThrow("'202611' is the beginning of 2 runs");
    expect(() => store.find('1999')).toThrow('no id begins so');
    expect(() => store.find(root)).toThrow('that directory holds no run.json');
  });

  it('does not take other things for runs', () => {
    const store = newStore();
    store.add(keptRun(), () => 1);
    mkdirSync(path.join(store.directory, '.draft-1-2'));
    writeFileSync(path.join(store.directory, 'notes.txt'), '');
    expect(store.ids()).toHaveLength(1);
  });
});

describe('a run that is damaged', () => {
  const files = {
    'run.json': JSON.stringify(storedDocument()),
    'series.json': JSON.stringify({ schemaVersion: 1, series: [jobSeries(3)] }),
  };
  const histogram = { job: 'a', latency: { ...keptRun().histograms[0]?.latency, count: 4 } };

  it.each([
    ['run.json', '{', 'JSON'],
    ['run.json', '{"schemaVersion":2}', '`schemaVersion`: this version of vring reads 1 alone'],
    ['run.json', '{"schemaVersion":1,"command":"explore"}', 'not a document of'],
    [
      'series.json',
      JSON.stringify({ schemaVersion: 1, series: [jobSeries(3, { kicks: [1] })] }),
      'one length',
    ],
    [
      'histograms.json',
      JSON.stringify({ schemaVersion: 1, histograms: [histogram] }),
      'not a whole histogram',
    ],
  ])('is refused with its file: %s %s', (name, text, message) => {
    const store = newStore();
    const directory = path.join(store.directory, 'damaged');
    writeDirectory(directory, { ...files, [name]: text });
    expect(() => store.find(directory)).toThrow(message);
    expect(() => store.find(directory)).toThrow(path.join(directory, name));
  });
});
