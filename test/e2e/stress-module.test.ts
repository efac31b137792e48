import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { StressReport } from '../../src/report/stress-json.js';
import { Scratch, vring } from '../support/e2e/vring.js';

const EXAMPLE = 'docs/examples/split-driver.mjs';
const SOURCE = readFileSync(new URL(`../../${EXAMPLE}`, import.meta.url), 'utf8');
const scratch = new Scratch();

afterAll(() => scratch.remove());

/** The example, without the fence of that method. */
function withoutFenceIn(method: string): string {
  const at = SOURCE.indexOf('port.fence();', SOURCE.indexOf(`  ${method}() {`));
  const file = scratch.path(`no-fence-in-${method}.mjs`);
  writeFileSync(file, `${SOURCE.slice(0, at)}${SOURCE.slice(at).replace('port.fence();', 'port.barriers;')}`);
  return file;
}

function module(name: string, source: string): string {
  const file = scratch.path(name);
  writeFileSync(file, source);
  return file;
}

describe("a driver of the user's own against vring's device", () => {
  test.each(['none', 'tso', 'weak'])('the example passes under %s', async (kind) => {
    const args = ['--module', EXAMPLE, '--seed', '5', '--rounds', kind === 'none' ? '3' : '20'];
    const { code, stdout, stderr } = await vring(['stress', ...args, '--perturb', kind, '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as StressReport;
    expect(report.buffers).toBeGreaterThan(1000);
    expect(new Set(report.outcomes.map(({ layout }) => layout))).toEqual(new Set(['split']));
    expect(report.replay).toContain(`--module ${EXAMPLE}`);
  });

  test('without the fence in its kick: a lost kick, exit 21', async () => {
    const file = withoutFenceIn('kick');
    const args = ['--module', file, '--seed', '5', '--perturb', 'tso', '--for', '10m', '--json'];
    const { code, stdout } = await vring(['stress', '--no-explain', ...args]);
    expect(code).toBe(21);
    const [failure] = (JSON.parse(stdout) as StressReport).failures;
    expect(failure?.code).toBe('LOST_KICK');
    // Its steps are recorded like those of vring's device: it thought that nobody wished to be told.
    const [driver, device] = ['driver', 'device'].map((side) => {
      return failure?.last_events.filter((event) => event.side === side).map(({ kind }) => kind);
    });
    expect(driver?.findLast((kind) => kind.startsWith('kick'))).toBe('kickSuppressed');
    expect(device?.slice(-2)).toEqual(['kicksEnabled', 'slept']);
    // Races that round again, with the same driver; whether it loses again is up to chance.
    expect(failure?.replay).toContain(`--module ${file}`);
  });

  test('explored, the example passes, and without a fence loses a wakeup under tso', async () => {
    const args = ['explore', 'split', '--buffers', '2', '--profile', 'tso'];
    const { code, stdout } = await vring([...args, '--module', EXAMPLE]);
    expect(code).toBe(0);
    expect(stdout).toContain('PASS split ring, 2 buffers');
    const broken = await vring([...args, '--no-fix', '--json', '--module', withoutFenceIn('kick')]);
    expect(broken.code).toBe(21);
    const { profiles } = JSON.parse(broken.stdout) as {
      profiles: { profile: string; verdict: string; failures: { token: string }[] }[];
    };
    expect(profiles.map(({ verdict }) => verdict)).toEqual(['fail']);
  });

  test('what it throws is a finding: exit 20, and where', async () => {
    const source = SOURCE.replace('if (!this.poll())', "if (this.seen > 9) throw new Error('nine');\n$&");
    const args = [
      '--module',
      module('throwing.mjs', source),
      '--seed',
      '5',
      '--perturb',
      'tso',
      '--rounds',
      '5',
    ];
    const { code, stdout } = await vring(['stress', '--no-explain', ...args]);
    expect(code).toBe(20);
    expect(stdout).toMatch(
      /FORBIDDEN nine \(END_THREW\)\n {2}round .*\n {2}at TinyDriver\.getBuf .*throwing\.mjs/,
    );
  });

  test('a device of one can be raced, too', async () => {
    const source = `
      import { SplitDevice, splitLayout } from '${new URL('../../dist/src/index.js', import.meta.url).href}';
      export const features = ['in_order'];
      export const device = (port, at, options, notifier) =>
        new SplitDevice(port, splitLayout(options.size, at), options, notifier);
    `;
    const args = ['--seed', '5', '--rounds', '6', '--perturb', 'tso', '--json'];
    const { code, stdout } = await vring(['stress', '--module', module('device.mjs', source), ...args]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as StressReport).rounds).toBe(6);
  });
});

describe('a module that cannot be raced is refused with exit 2, and the reason', () => {
  test.each([
    ['absent.mjs', null, 'cannot be loaded'],
    ['syntax.mjs', 'export const driver = (;', 'cannot be loaded'],
    ['empty.mjs', 'export const other = 1;', 'it exports neither `driver` nor `device`'],
    ['number.mjs', 'export const driver = 1;', 'its `driver` is not a function'],
    ['layout.mjs', "export const layouts = ['round']; export const driver = () => ({});", 'split, packed'],
    ['feature.mjs', "export const features = ['all']; export const driver = () => ({});", 'event_idx'],
    ['throws.mjs', "export const driver = () => { throw new Error('no'); };", 'cannot be made: no'],
    ['lacks.mjs', 'export const driver = () => ({ kick() {} });', 'has no stageBuf, hasRoomFor, getBuf'],
  ])('%s', async (name, source, reason) => {
    const file = source === null ? scratch.path(name) : module(name, source);
    const { code, stdout, stderr } = await vring(['stress', '--module', file, '--rounds', '1']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(file);
    expect(stderr).toContain(reason);
  });

  test.each([
    [['stress', '--layout', 'packed'], 'is for split alone'],
    [['explore', 'packed'], 'is for split alone'],
    [['explore', 'split', '--indirect'], 'does not name indirect_desc'],
  ])('%j: what the example cannot', async (args, reason) => {
    const { code, stderr } = await vring([...args, '--module', EXAMPLE]);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });
});
