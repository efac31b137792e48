// How often `vring compare` sees a difference between two runs of the same program, where there is none: at most one
// time in twenty is what it promises. Not for CI: it takes minutes, and says as much about the machine as about vring.
//
//   npm run build && node scripts/compare-same.js [--pairs 20] [--duration 5s] [--scenario blk-randread]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const VRING = fileURLToPath(new URL('../bin/vring.js', import.meta.url));
const REGRESSION = 11;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    duration: { type: 'string', default: '5s' },
    scenario: { type: 'string', default: 'blk-randread' },
  },
});

const folder = mkdtempSync(path.join(tmpdir(), 'vring-same-'));

function vring(words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [VRING, ...words], { encoding: 'utf8' });
  if (status !== 0 && status !== REGRESSION)
    throw new Error(`vring ${words.join(' ')}: exit ${status}\n${stderr}`);
  return stdout;
}

function run(name) {
  const { scenario, duration } = values;
  const out = path.join(folder, name);
  const sets = ['--set', 'operations=null', '--set', `duration=${duration}`, '--set', 'warmup=500ms'];
  vring(['run', scenario, ...sets, '--out', out, '--quiet']);
  return out;
}

const pairs = Number(values.pairs);
let silent = 0;
try {
  for (let pair = 1; pair <= pairs; pair++) {
    const [a, b] = [run(`${pair}a`), run(`${pair}b`)];
    const { counts, comparisons } = JSON.parse(vring(['compare', a, b, '--json']));
    if (counts.slower + counts.faster === 0) silent += 1;
    const figures = comparisons.map(({ metric, verdict, ratio, p_holm: p, margin, a: { samples } }) => {
      return `${metric} ${verdict} x${ratio.toFixed(3)} p=${p.toFixed(4)} margin=${margin.toFixed(2)} n=${samples}`;
    });
    console.log(`pair ${pair}: ${figures.join('; ')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`no change in ${silent} of ${pairs} pairs`);
