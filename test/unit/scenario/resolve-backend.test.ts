import { describe, expect, it } from 'vitest';
import { firstJob, readText, refusal } from './scenario-text.js';

const MEMORY = { kind: 'memory', sizeBytes: 64 * 2 ** 20, readOnly: false, faults: [] };

describe('backend', () => {
  it('is a disk in memory unless there is a path', () => {
    expect(firstJob(readText()).backend).toEqual(MEMORY);
    expect(firstJob(readText('backend: { size: 1MiB }')).backend).toEqual({ ...MEMORY, sizeBytes: 2 ** 20 });
    expect(firstJob(readText('backend: { path: x.img, read_only: true }')).backend).toEqual({
      kind: 'file',
      path: 'x.img',
      readOnly: true,
      faults: [],
    });
  });

  it('becomes a file when a stronger layer has a path, and the size of the memory disk is forgotten', () => {
    const text = readText('backend: { kind: memory, size: 1MiB }');
    expect(firstJob(text, 'backend.path=x.img').backend).toMatchObject({ kind: 'file', path: 'x.img' });
    const shared = `${readText('backend: { path: x.img }')}defaults: { backend: { size: 1MiB } }\n`;
    expect(firstJob(shared).backend).toMatchObject({ kind: 'file' });
  });

  it('becomes memory again when a stronger layer says so', () => {
    const text = readText('backend: { path: x.img }');
    expect(firstJob(text, 'backend.kind=memory').backend).toEqual(MEMORY);
  });

  it('reads faults with their defaults', () => {
    const text = readText(
      'backend:',
      '  faults:',
      '    - { errno: EIO }',
      '    - { operation: write, errno: ENOSPC, after: 1k, probability: 5% }',
    );
    expect(firstJob(text).backend.faults).toEqual([
      { operation: 'any', errno: 'EIO', afterCalls: 0, probability: 1 },
      { operation: 'write', errno: 'ENOSPC', afterCalls: 1000, probability: 0.05 },
    ]);
  });

  it.each([
    [
      'backend: { kind: memory, path: x.img }',
      '7:36',
      '`backend.path`: belongs to a file, but `backend.kind` is memory',
    ],
    [
      'backend: { kind: file }',
      '7:16',
      '`backend.path` is missing: name the image, as in --set backend.path=disk.img',
    ],
    ['backend: { path: x.img, size: 1MiB }', '7:35', '`backend.size`: the size of an image file is its own'],
    ['backend: { size: 1000 }', '7:22', '`backend.size`: must be a multiple of 512 bytes'],
  ])('%s', (line, place, text) => {
    expect(refusal(readText(line))).toEqual([`s.yaml:${place}: ${text} (job \`a\`)`]);
  });

  it('of a file has no size, whoever says it', () => {
    expect(refusal(readText(), 'backend.path=x.img', 'backend.size=1MiB')).toEqual([
      '--set backend.size=1MiB: `backend.size`: the size of an image file is its own (job `a`)',
    ]);
  });
});

describe('blk', () => {
  it('offers no limit unless told', () => {
    expect(firstJob(readText()).blk).toEqual({ sizeMaxBytes: null, segMax: null, serial: 'vring-blk' });
    expect(firstJob(readText('blk: { size_max: 4KiB, seg_max: 126, serial: disk-1 }')).blk).toEqual({
      sizeMaxBytes: 4096,
      segMax: 126,
      serial: 'disk-1',
    });
    expect(firstJob(readText('blk: { seg_max: 126 }'), 'blk.seg_max=null').blk.segMax).toBeNull();
  });
});
