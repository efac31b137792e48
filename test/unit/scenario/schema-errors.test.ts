import { describe, expect, it } from 'vitest';
import { errorOf, jobText, plan, readText, refusal } from './scenario-text.js';

const HEAD = 'version: 1\nname: test\n';

describe('unknown keys', () => {
  it.each([
    ['queue: { sze: 64 }', '7:14', 'unknown key `sze` in `jobs.a.queue`; did you mean `size`?'],
    ['patern: random', '7:5', 'unknown key `patern` in `jobs.a`; did you mean `pattern`?'],
    ['wait: { polic: poll }', '7:13', 'unknown key `polic` in `jobs.a.wait`; did you mean `policy`?'],
    [
      'size: 3',
      '7:5',
      'unknown key `size` in `jobs.a`; did you mean `memory.size` or `queue.size` or `backend.size`?',
    ],
    ['order: fifo', '7:5', 'unknown key `order` in `jobs.a`; did you mean `service.order`?'],
    ['queue: { depth: 1 }', '7:14', 'unknown key `depth` in `jobs.a.queue`; it belongs in the job itself'],
    ['seed: 3', '7:5', 'unknown key `seed` in `jobs.a`; it belongs at the top of the file'],
    ['service: { banana: 1 }', '7:16', 'unknown key `banana` in `jobs.a.service`; known here: window, order'],
    [
      'queue: { features: { IN_ORDR: true } }',
      '7:26',
      'unknown key `IN_ORDR` in `jobs.a.queue.features`; did you mean `IN_ORDER`?',
    ],
    [
      'backend: { faults: [{ errno: EIO, afer: 3 }] }',
      '7:39',
      'unknown key `afer` in `jobs.a.backend.faults.0`; did you mean `after`?',
    ],
  ])('%s', (line, place, text) => {
    expect(refusal(readText(line))).toEqual([`s.yaml:${place}: ${text}`]);
  });

  it('at the top', () => {
    expect(refusal(`${HEAD}jbos:\n  a: { workload: read }\n`)).toEqual([
      's.yaml:3:1: unknown key `jbos`; did you mean `jobs`?',
    ]);
    expect(refusal(`${readText()}depth: 3\n`)).toEqual([
      's.yaml:7:1: unknown key `depth`; did you mean `defaults.depth`?',
    ]);
  });

  it('in defaults', () => {
    expect(refusal(`${readText()}defaults:\n  dpeth: 3\n`)).toEqual([
      's.yaml:8:3: unknown key `dpeth` in `defaults`; did you mean `depth`?',
    ]);
  });

  it('carry code and place as fields', () => {
    const error = errorOf(() => plan(readText('queue: { sze: 64 }')));
    expect(error.code).toBe('SCENARIO_KEY');
    expect(error.fields).toEqual({
      file: 's.yaml',
      line: 7,
      column: 14,
      key: 'jobs.a.queue.sze',
      problems: 1,
    });
    expect(error.exitCode).toBe(2);
  });
});

const BLOCK = 'a block size: a multiple of 512 bytes, such as 4KiB';

describe('wrong values', () => {
  it.each([
    ['pattern: randm', '7:14', 'pattern', 'one of sequential, random, got `randm`; did you mean `random`?'],
    ['device: net', '7:13', 'device', 'one of blk, rng, got `net`'],
    ['wait: pol', '7:11', 'wait', 'one of poll, block, adaptive, or a map, got `pol`; did you mean `poll`?'],
    ['wait: [poll]', '7:11', 'wait', 'one of poll, block, adaptive, or a map, got a list'],
    [
      'wait: { spin: 50 }',
      '7:19',
      'wait.spin',
      'a duration such as 50us, 200ms or 10s, got `50`; did you mean `50s`?',
    ],
    ['depth: 0', '7:12', 'depth', 'a whole number from 1 to 32768, got `0`'],
    ['depth: 1.5', '7:12', 'depth', 'a whole number from 1 to 32768, got `1.5`'],
    ['depth: .inf', '7:12', 'depth', 'a whole number from 1 to 32768, got `Infinity`'],
    ['depth:', '7:5', 'depth', 'a whole number from 1 to 32768, got nothing'],
    ['queue: 64', '7:12', 'queue', 'a map, got `64`'],
    ['queue: { size: 0 }', '7:20', 'queue.size', 'a whole number from 1 to 32768, got `0`'],
    ['queue: { size: 65536 }', '7:20', 'queue.size', 'a whole number from 1 to 32768, got `65536`'],
    ['queue: { count: 17 }', '7:21', 'queue.count', 'a whole number from 1 to 16, got `17`'],
    [
      'queue: { features: [EVENT_IX] }',
      '7:25',
      'queue.features.0',
      'one of INDIRECT_DESC, EVENT_IDX, IN_ORDER, NOTIFICATION_DATA, RING_RESET, ORDER_PLATFORM, SUSPEND, ' +
        'ACCESS_PLATFORM, got `EVENT_IX`; did you mean `EVENT_IDX`?',
    ],
    [
      'queue: { features: { EVENT_IDX: yes } }',
      '7:37',
      'queue.features.EVENT_IDX',
      'true or false, got `yes`; did you mean `true`?',
    ],
    ['verify: off', '7:13', 'verify', 'true or false, got `off`; did you mean `false`?'],
    ['block: 4k', '7:12', 'block', `${BLOCK}, got \`4k\`; did you mean \`4KiB\` or \`4kB\`?`],
    ['block: 1000', '7:12', 'block', `${BLOCK}, got \`1000\``],
    ['block: 0', '7:12', 'block', `${BLOCK}, got \`0\``],
    ['block: [512, 1000]', '7:18', 'block.1', `${BLOCK}, got \`1000\``],
    ['block: []', '7:12', 'block', 'at least one block size, got a list'],
    ['block: {}', '7:12', 'block', 'at least one block size, got a map'],
    ['block: { 512: 1, 1000: 3 }', '7:22', 'block.1000', `${BLOCK}, got \`1000\``],
    ['block: { 512: -1 }', '7:19', 'block.512', 'a weight above 0, got `-1`'],
    ['block: true', '7:12', 'block', `${BLOCK}, or a list, or a map, got \`true\``],
    ['mix: { read: -1 }', '7:18', 'mix.read', 'a weight from 0 on, got `-1`'],
    [
      'segments: 4..1',
      '7:15',
      'segments',
      'a whole number from 1 on, or a range such as 1..4, got `4..1`; did you mean `1..4`?',
    ],
    [
      'arrival: { rate: 50k }',
      '7:22',
      'arrival.rate',
      'a rate such as 500/s or 50k/s, got `50k`; did you mean `50k/s`?',
    ],
    ['duration: 0s', '7:15', 'duration', 'a duration above 0, such as 50us, 200ms or 10s, got `0s`'],
    [
      'duration: 10',
      '7:15',
      'duration',
      'a duration above 0, such as 50us, 200ms or 10s, got `10`; did you mean `10s`?',
    ],
    [
      'warmup: 2sec',
      '7:13',
      'warmup',
      'a duration such as 2s, or a count of operations such as 1000 or 20k, got `2sec`',
    ],
    [
      'memory: { size: 5000000 }',
      '7:21',
      'memory.size',
      'a size from 1MiB to 4GiB in whole pages of 4KiB, got `5000000`',
    ],
    [
      'memory: { size: 8GiB }',
      '7:21',
      'memory.size',
      'a size from 1MiB to 4GiB in whole pages of 4KiB, got `8GiB`',
    ],
    ['backend: { path: 5 }', '7:22', 'backend.path', 'a path (in quotes if it looks like a number), got `5`'],
    [
      'backend: { faults: [{ errno: EIOO }] }',
      '7:34',
      'backend.faults.0.errno',
      'one of EIO, ENOSPC, got `EIOO`; did you mean `EIO`?',
    ],
    [
      'backend: { faults: [{ errno: EIO, probability: 2 }] }',
      '7:52',
      'backend.faults.0.probability',
      'a share from 0 to 1, or a percentage such as 5%, got `2`',
    ],
    [
      'blk: { serial: 0001 }',
      '7:20',
      'blk.serial',
      'text of at most 20 bytes (in quotes if it looks like a number), got `1`',
    ],
    [
      'blk: { serial: 123456789012345678901x }',
      '7:20',
      'blk.serial',
      'text of at most 20 bytes (in quotes if it looks like a number), got `123456789012345678901x`',
    ],
    [
      'blk: { size_max: 100 }',
      '7:22',
      'blk.size_max',
      'a size from 512 bytes to below 4GiB, or null, got `100`',
    ],
  ])('%s', (line, place, key, text) => {
    expect(refusal(readText(line))).toEqual([`s.yaml:${place}: \`jobs.a.${key}\`: expected ${text}`]);
    expect(errorOf(() => plan(readText(line))).code).toBe('SCENARIO_VALUE');
  });

  it('of a whole file', () => {
    expect(refusal('- 1\n')).toEqual(['s.yaml:1:1: expected a map, got a list']);
    expect(refusal('hello\n')).toEqual(['s.yaml:1:1: expected a map, got `hello`']);
  });

  it('of operations: a count of 0 is none', () => {
    expect(refusal(jobText('workload: read', 'operations: 0'))).toEqual([
      's.yaml:6:17: `jobs.a.operations`: expected a whole number from 1 on, such as 1000, 200k or 1M, got `0`',
    ]);
  });

  it('are cut when they are long, and stay on one line', () => {
    const [line] = refusal(readText(`pattern: "${'x'.repeat(40)}\\n${'x'.repeat(40)}"`));
    expect(line).toBe(
      's.yaml:7:14: `jobs.a.pattern`: expected one of sequential, random, ' +
        `got \`${'x'.repeat(40)}\\n${'x'.repeat(18)}...\``,
    );
  });
});

describe('a version', () => {
  it.each([['2'], ['"1"'], ['1.1']])(
    'other than 1 is refused, and nothing else is looked at: %s',
    (version) => {
      const text = `version: ${version}\nname: test\nfuture: true\n`;
      expect(refusal(text)).toEqual([
        `s.yaml:1:10: \`version\`: ${version} is not known here; this vring reads version 1`,
      ]);
      expect(errorOf(() => plan(text)).code).toBe('SCENARIO_VERSION');
    },
  );
});

describe('missing keys', () => {
  it('are named where they should be', () => {
    expect(refusal('name: test\n')).toEqual([
      's.yaml:1:1: `version` is missing: expected `1`',
      's.yaml:1:1: `jobs` is missing: expected a map',
    ]);
    expect(refusal(`${HEAD}jobs: {}\n`)).toEqual([
      's.yaml:3:7: `jobs`: expected at least one job, got a map',
    ]);
    expect(refusal(readText('backend: { faults: [{ after: 3 }] }'))).toEqual([
      's.yaml:7:25: `jobs.a.backend.faults.0.errno` is missing: expected one of EIO, ENOSPC',
    ]);
  });

  it('of a job: a workload', () => {
    const text = jobText('depth: 1', 'operations: 1');
    expect(refusal(text)).toEqual([
      's.yaml:4:3: `workload` is missing: expected one of read, write, mixed, copy (job `a`)',
    ]);
    expect(errorOf(() => plan(text)).code).toBe('SCENARIO_MISSING');
  });
});

describe('names of jobs', () => {
  it('can be used in a path', () => {
    expect(refusal(`${HEAD}jobs:\n  a.b: { workload: read }\n`)).toEqual([
      's.yaml:4:3: `jobs.a.b`: expected a name of letters, digits, _ and -, got `a.b`',
    ]);
  });

  it('may have nothing behind them when defaults say it all', () => {
    const { jobs } = plan(`${HEAD}defaults: { workload: read, operations: 1 }\njobs:\n  a:\n  b:\n`);
    expect(jobs.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('several problems', () => {
  it('are all reported, in the order of the file', () => {
    const text = jobText('workload: raed', 'operations: 1M', 'queue: { sze: 64, size: 0 }', 'wait: pol');
    expect(refusal(`${text}seed: x\n`)).toEqual([
      's.yaml:5:15: `jobs.a.workload`: expected one of read, write, mixed, copy, got `raed`; did you mean `read`?',
      's.yaml:7:14: unknown key `sze` in `jobs.a.queue`; did you mean `size`?',
      's.yaml:7:29: `jobs.a.queue.size`: expected a whole number from 1 to 32768, got `0`',
      's.yaml:8:11: `jobs.a.wait`: expected one of poll, block, adaptive, or a map, got `pol`; did you mean `poll`?',
      's.yaml:9:7: `seed`: expected a seed: a decimal number, 0x and hex digits, or a git hash ' +
        '(up to 40 hex digits), got `x`',
    ]);
    expect(errorOf(() => plan(text)).fields).toMatchObject({ problems: 4, line: 5, column: 15 });
  });

  it('are counted when there are too many to read', () => {
    const lines = refusal(readText(...Array.from({ length: 30 }, (_, i) => `unknown${i}: 1`)));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 10 more');
  });
});
