import { writeFileSync } from 'node:fs';
import { findScenario, shippedScenarios } from '../../../src/cli/find-scenario.js';
import { REPORT_FORMATS } from '../../../src/report/formats.js';
import { plain } from '../../../src/report/paint.js';
import { readRun } from '../../../src/runs/read-run.js';
import type { StoredRun } from '../../../src/runs/stored-run.js';
import { loadScenario } from '../../../src/scenario/load.js';
import { type Scratch, vring } from '../e2e/vring.js';

/** Of a matrix, so many cells, spread over it. */
const JOBS_MAX = 2;
/** Of the one with the most axes, enough for plots that say something. */
const RING_MATRIX_JOBS = 9;

/** So little of a scenario that its page has all its parts, in a second or so. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  'blk-openloop': ['duration=800ms', 'warmup=50ms'],
  'blk-copy': ['source.path=$FILE', 'backend.path=$IMAGE'],
  'blk-image': ['backend.path=$IMAGE'],
  'dma-cc-misconfigured': ['stall_timeout=600ms'],
  lifecycle: ['operations=2000', 'lifecycle.count=10'],
  quickstart: ['jobs.mixed.operations=60k', 'backend.size=4MiB'],
};

export const SCENARIOS: readonly string[] = shippedScenarios().map(({ name }) => name);

/** Runs a shipped scenario, and keeps it. */
export async function shortRun(name: string, scratch: Scratch): Promise<StoredRun> {
  const files = { $FILE: scratch.path('file'), $IMAGE: scratch.path('image') };
  writeFileSync(files.$FILE, Buffer.alloc(256 * 1024, 'vring'));
  writeFileSync(files.$IMAGE, Buffer.alloc(1024 * 1024));
  const sets = (SHORT[name] ?? ['operations=200']).map((set) =>
    set.replace('$FILE', files.$FILE).replace('$IMAGE', files.$IMAGE),
  );
  const { jobs } = loadScenario(findScenario(name), { sets });
  const most = name === 'ring-matrix' ? RING_MATRIX_JOBS : JOBS_MAX;
  const step = Math.ceil(jobs.length / most);
  const some = jobs.filter((_, i) => i % step === Math.floor(i / step) % step);
  const chosen = step === 1 ? [] : some.flatMap((job) => ['--only', job.name]);
  return keptRun([name, ...sets.flatMap((set) => ['--set', set]), ...chosen], scratch, name);
}

/** Runs the real command. Whether the run passes is not the question here. */
export async function keptRun(args: readonly string[], scratch: Scratch, name: string): Promise<StoredRun> {
  const out = scratch.path(`run-${name}`);
  const { code, stderr } = await vring(['run', ...args, '--keep-going', '--quiet', '--out', out]);
  if (code === 1 || code === 2) throw new Error(`vring run ${args.join(' ')} ended with ${code}: ${stderr}`);
  return readRun(out, name);
}

/** Writes the page of a run, and returns where it is. */
export async function pageOf(run: StoredRun, scratch: Scratch): Promise<string> {
  const file = scratch.path(`${run.name}.html`);
  writeFileSync(file, await REPORT_FORMATS.html(run, { paint: plain, job: null }));
  return file;
}
