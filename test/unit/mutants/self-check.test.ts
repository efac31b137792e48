import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import { checkRepeated, NotRepeatable } from '../../../src/mutants/self-check.js';

const REPORT = { lane: 'explore-tso', command: 'node bin/vring.js explore split' } as const;

const DOCUMENT = {
  started_at: '2026-01-01T00:00:00.000Z',
  environment: { cpu_count: 2, load_average: [1, 2, 3], timer_resolution_ns: 30 },
  profiles: [{ graphs_complete: 1093, failures: [], error: null, elapsed_s: 0.2 }],
};

/** The document with another value at its first profile's `key`. */
function withProfile(key: string, value: unknown): object {
  return { ...DOCUMENT, profiles: [{ ...DOCUMENT.profiles[0], [key]: value }] };
}

function check(second: object): void {
  checkRepeated(REPORT, JSON.stringify(DOCUMENT), JSON.stringify(second));
}

describe('the self-check', () => {
  it('knows that times are never the same', () => {
    const environment = { ...DOCUMENT.environment, load_average: [9, 9, 9], timer_resolution_ns: 50 };
    expect(() => check({ ...withProfile('elapsed_s', 7), environment, started_at: 'later' })).not.toThrow();
  });

  it.each([
    ['graphs_complete', 1092, 'document.profiles.0.graphs_complete was 1093, then 1092'],
    ['failures', [{ kind: 'race' }], 'document.profiles.0.failures.0 was not there, then {"kind":"race"}'],
    ['error', { code: 'C' }, 'document.profiles.0.error was null, then {"code":"C"}'],
    ['graphs_complete', undefined, 'document.profiles.0.graphs_complete was 1093, then not there'],
    ['surprise', 1, 'document.profiles.0.surprise was not there, then 1'],
    ['failures', {}, 'document.profiles.0.failures was [], then {}'],
  ])('finds another %s: %j', (key, value, difference) => {
    expect(() => check(withProfile(key, value))).toThrow(NotRepeatable);
    expect(() => check(withProfile(key, value))).toThrow(`explore-tso does not repeat itself: ${difference}`);
  });

  it('is an error of ours, which names the lane and its command', () => {
    const error = new NotRepeatable(REPORT, 'here');
    expect(error).toMatchObject({ code: 'NOT_REPEATABLE', exitCode: ExitCode.internal, fields: REPORT });
    expect(error.message).toContain(REPORT.command);
  });

  it('compares what is no document as it is', () => {
    expect(() => checkRepeated(REPORT, 'broken', 'broken')).not.toThrow();
    expect(() => checkRepeated(REPORT, '', '{}')).toThrow('document was "", then {}');
  });
});
