import { check, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { findDifference, isWholeRun } from './support/conformance/check.js';
import { DOCUMENT, renderDocument } from './support/conformance/document.js';
import { findEvidence, type TestOutcome } from './support/conformance/evidence.js';
import { idsAsText, idsIn } from './support/conformance/ids.js';
import { AREAS, loadCatalogue, parseCatalogue, statementsOf } from './support/conformance/statements.js';

const CATALOGUE = parseCatalogue(
  [
    'id,section,side,level,first_words,spec_section',
    'N0075,Updating idx,driver,MUST,"The driver MUST fence, as it says,",2.7.13.3.1',
    ...[76, 77, 78, 79].map((n) => `N00${n},Ring,driver,MUST,The driver MUST | <n> * ${n},2.7`),
    'N0709,Device Operation,driver,MUST,A driver MUST NOT,5.2.6.1',
    'N0735,Device Operation,device,MUST,A device MUST,5.2.6.2',
    'N0780,Device Operation,driver,MAY,A driver MAY,5.4.6.1',
    '',
  ].join('\n'),
  'ids,reason\nN0079 N0780,"nobody asks, so it is moot"\n',
);

function outcome(file: string, ...titles: string[]): TestOutcome {
  return { file: `test/${file}`, titles, passed: true };
}

function tested(...outcomes: TestOutcome[]): string[] {
  return [...findEvidence(outcomes, CATALOGUE).tested.keys()];
}

describe('ids in a text', () => {
  it.each([
    ['N0001 the driver', ['N0001']],
    ['2.2.1 N0009 N0010, N0012: bits', ['N0009', 'N0010', 'N0012']],
    ['is an error (N0716, N0718)', ['N0716', 'N0718']],
    ['N0096..N0099 tables', ['N0096', 'N0097', 'N0098', 'N0099']],
    ['N0096-N0098 and N0001', ['N0096', 'N0097', 'N0098', 'N0001']],
    ['N0098–N0099', ['N0098', 'N0099']],
    ['backwards, N0099..N0096', ['N0099', 'N0096']],
    ['too short N075, too long N00750', ['N075', 'N00750']],
    ['no id: PIN0075, XN0075, N, N2, n0075', []],
  ])('%#', (text, ids) => {
    expect(idsIn(text)).toEqual(ids);
  });

  it('are written as ranges again', () => {
    expect(idsAsText(['N0001', 'N0003', 'N0004', 'N0010', 'N0011', 'N0012'])).toBe(
      'N0001, N0003, N0004, N0010..N0012',
    );
    expect(idsAsText([])).toBe('');
  });
});

describe('the evidence', () => {
  it('is a test that names the statement, or stands in a describe that does', () => {
    expect(tested(outcome('spec/a.test.ts', 'rings', 'N0077 and N0078'))).toEqual(['N0077', 'N0078']);
    expect(tested(outcome('spec/a.test.ts', 'N0077: rings', 'inner', 'has no id'))).toEqual(['N0077']);
    expect(tested(outcome('spec/a.test.ts', 'has no id'))).toEqual([]);
  });

  it('is no test that failed or did not run', () => {
    const red = { ...outcome('spec/a.test.ts', 'N0077'), passed: false };
    expect(tested(red)).toEqual([]);
    expect(tested(red, outcome('spec/b.test.ts', 'N0077'))).toEqual(['N0077']);
  });

  it('of a barrier is a test that looks at the order of accesses', () => {
    expect(tested(outcome('spec/split-avail.test.ts', 'N0075 N0076'))).toEqual([]);
    expect(tested(outcome('spec/split-barriers.test.ts', 'N0075 N0076'))).toEqual(['N0075', 'N0076']);
  });

  it('comes from the side that the statement binds', () => {
    expect(tested(outcome('unit/host/blk.test.ts', 'N0709 N0735'))).toEqual(['N0735']);
    expect(tested(outcome('unit/guest/blk.test.ts', 'N0709 N0735'))).toEqual(['N0709']);
    expect(tested(outcome('unit/transport/a.test.ts', 'N0709 N0735'))).toEqual(['N0709', 'N0735']);
  });

  it('is in the order of files, and told once for each', () => {
    const outcomes = [
      outcome('spec/b.test.ts', 'rings', 'N0077: inside', 'one'),
      outcome('spec/a.test.ts', 'rings', 'N0077 first'),
      outcome('spec/b.test.ts', 'N0077 N0077 another'),
    ];
    expect(findEvidence(outcomes, CATALOGUE).tested.get('N0077')).toEqual([
      { file: 'test/spec/a.test.ts', title: 'N0077 first', hasMore: false },
      { file: 'test/spec/b.test.ts', title: 'N0077: inside › one', hasMore: true },
    ]);
  });

  it('contradicts itself where a title names no statement, or one that is not applicable', () => {
    const red = { ...outcome('spec/a.test.ts', 'N0079 N0999 N075'), passed: false };
    expect(findEvidence([red, red], CATALOGUE).problems).toEqual([
      'test/spec/a.test.ts: a title names N0079, which is listed as not applicable',
      'test/spec/a.test.ts: a title names N0999, which test/conformance/statements.csv does not know',
      'test/spec/a.test.ts: a title names N075, which test/conformance/statements.csv does not know',
    ]);
  });
});

describe('the document', () => {
  const render = (...outcomes: TestOutcome[]): Promise<string> =>
    renderDocument(CATALOGUE, findEvidence(outcomes, CATALOGUE));

  it('has a row for each statement, with what is special to tables escaped', async () => {
    const text = await render(
      outcome('spec/a.test.ts', 'N0077 a | b [c] `d`'),
      outcome('spec/b.test.ts', 'N0077'),
    );
    expect(text).toContain(
      '| N0075 | 2.7.13.3.1 | MUST | driver | The driver MUST fence, as it says, … | **missing** |',
    );
    expect(text).toContain(
      '| The driver MUST \\| \\<n> \\* 77 … ' +
        '| [spec/a.test.ts](../test/spec/a.test.ts): N0077 a \\| b \\[c] \\`d\\`' +
        '<br>[spec/b.test.ts](../test/spec/b.test.ts): N0077 |',
    );
    expect(text).toContain('| n/a: nobody asks, so it is moot |');
    expect(text).toContain('Missing: N0078.');
  });

  it('counts each side', async () => {
    const summary = (await render(outcome('spec/a.test.ts', 'N0077 N0735'))).replaceAll(/ +/g, ' ');
    expect(summary).toContain('| Packed virtqueues (2.8) | 3 | 1 | 1 | 1 | 0 | 0 | 0 | 0 |');
    expect(summary).toContain('| **all** | 7 | 1 | 2 | 4 | 1 | 1 | 0 | 0 |');
  });

  it('is as prettier wants it, and the same every time', async () => {
    const outcomes = [outcome('spec/b.test.ts', 'N0077'), outcome('spec/a.test.ts', 'N0077')];
    const text = await render(...outcomes);
    expect(await check(text, { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT })).toBe(true);
    expect(await render(...outcomes.reverse())).toBe(text);
  });

  it('changes when a test is gone', async () => {
    const before = await render(outcome('spec/a.test.ts', 'N0077'), outcome('spec/a.test.ts', 'N0078 x'));
    const after = await render(outcome('spec/a.test.ts', 'N0077'));
    expect(findDifference(before, before)).toEqual([]);
    expect(findDifference(before, after)).toHaveLength(1);
    expect(findDifference('a\nb\n', 'a\nc\n')).toEqual([
      'docs/CONFORMANCE.md:2: not what this run shows (`npm run conformance` writes it); ' +
        'it says\n    b\n  and the run\n    c',
    ]);
    expect(findDifference('1 missing\n| N1 |\n', '2 missing\n| N2 |\n')[0]).toContain('| N2 |');
    expect(findDifference('', 'a\n')).toHaveLength(1);
    expect(findDifference('a\n', 'a\nb\n')[0]).toContain('CONFORMANCE.md:2:');
    expect(findDifference('a\nb\n', 'a\n')[0]).toContain('CONFORMANCE.md:2:');
  });
});

describe('a run', () => {
  it('is whole when every file ran, and nothing narrowed it', () => {
    const files = ['test/a.test.ts', 'test/e2e/b.test.ts'];
    expect(isWholeRun({}, files, files)).toBe(true);
    expect(isWholeRun({}, [...files, 'test/c.test.ts'], files)).toBe(true);
    expect(isWholeRun({}, ['test/a.test.ts'], files)).toBe(false);
    expect(isWholeRun({ testNamePattern: /ring/ }, files, files)).toBe(false);
    expect(isWholeRun({ tagsFilter: ['slow'] }, files, files)).toBe(false);
  });
});

describe('the lists', () => {
  const head = 'id,section,side,level,first_words,spec_section\n';
  const valid = `${head}N0001,A,driver,MUST,It MUST,2.1\n`;

  it.each([
    ['a statement twice', `${valid}N0001,A,driver,MUST,It MUST,2.1\n`, 'ids,reason\n'],
    ['a side that does not exist', `${head}N0001,A,both,MUST,It MUST,2.1\n`, 'ids,reason\n'],
    ['a missing cell', `${head}N0001,A,driver,MUST,2.1\n`, 'ids,reason\n'],
    ['a missing column', 'id,side\nN0001,driver\n', 'ids,reason\n'],
    ['an exception from nothing', valid, 'ids,reason\nN0002,none here\n'],
    ['an exception twice', valid, 'ids,reason\nN0001,none here\nN0001,none there\n'],
    ['an exception without a reason', valid, 'ids,reason\nN0001,\n'],
    ['a reason without an id', valid, 'ids,reason\nall,none here\n'],
  ])('refuse %s', (_, statements, notApplicable) => {
    expect(() => parseCatalogue(statements, notApplicable)).toThrow(Error);
  });

  it('hold every statement in one area, as many of each kind as the specification has', () => {
    const { statements } = loadCatalogue();
    const areas = AREAS.map((area) => statementsOf(area, statements));
    const levels = ['MUST', 'SHOULD', 'MAY'];
    const counts = areas.map((area) =>
      ['driver', 'device'].map((side) => {
        const own = area.filter((statement) => statement.side === side);
        return levels.map((level) => own.filter((statement) => statement.level === level).length).join('/');
      }),
    );
    // MUST/SHOULD/MAY, driver and device, in the order of the areas.
    expect(counts).toEqual([
      ['11/3/0', '8/2/0'],
      ['2/0/1', '3/0/0'],
      ['21/3/2', '14/2/4'],
      ['16/0/1', '6/0/2'],
      ['0/0/0', '1/0/0'],
      ['12/2/0', '6/2/0'],
      ['6/3/3', '3/2/4'],
      ['20/1/2', '12/0/0'],
      ['30/4/8', '51/8/3'],
      ['23/6/6', '43/6/7'],
      ['2/0/0', '1/0/0'],
    ]);
    expect(areas.flat()).toHaveLength(statements.size);
    expect(new Set(areas.flat()).size).toBe(statements.size);
  });
});
