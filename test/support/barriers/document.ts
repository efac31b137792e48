import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { BarrierScore, BarrierVerdict } from '../../../src/explore/barriers.js';
import { PROFILES } from '../../../src/explore/models/profiles.js';
import { remarkOn, weakenedName } from './reasons.js';

export const DOCUMENT = fileURLToPath(new URL('../../../docs/BARRIERS.md', import.meta.url));

export type Scores = Readonly<Record<'split' | 'packed' | 'doorbell', readonly BarrierScore[]>>;

const TITLES = { split: 'Split virtqueue', packed: 'Packed virtqueue', doorbell: 'Doorbells' } as const;

/** What a failure is called in a cell. */
const FAILURES = { assertion: 'wrong result', 'lost-wakeup': 'lost wakeup', race: 'race' } as const;

const INTRODUCTION = `# Barriers

<!-- Written by \`npm run barriers\`. -->

What each barrier of the rings is for, measured: every access and fence of the ring code that orders something is
weakened, one at a time, and every execution of a list of small programs is explored under every memory model. The
programs run the production driver and device. A barrier that can be taken away without any failure is redundant or
untested; it is listed with the reason. A test fails when this page says anything else than the exploration does.

- **sc** sequential consistency, **tso** x86, **armv8** Arm, **rc11** C11, **js** this code as it is deployed: all but
  plain accesses are \`Atomics\`, which makes up for a missing barrier; a port to C would not.
- **lost wakeup**: a side sleeps for ever. **wrong result**: stale data, or a notification nobody asked for. **race**:
  two accesses that nothing orders, one of them plain. **passes**: every execution of every program is right.
- The names are those of [ARCHITECTURE.md](ARCHITECTURE.md). Code that both sides run is weakened on one side at a time.
- Weakened to: **none**, the fence is gone; **relaxed**, the access orders nothing; **plain**, it may also race;
  **wmb** and **rmb**, a store or load barrier is in its place. Where all order is gone every program is explored, else
  those up to the first that notices.
`;

const CLOSING = `
## How to read this

**P3 and P7 lose no wakeup.** Whoever arms has a full fence (P8) between its event structure and its second look at the
ring, and whoever publishes has one (P2, P6) between the ring and its look at the event structure. When the second look
misses what was published, both words of the structure are therefore seen as they were armed, whatever their order. A
wish that is read with the slot of an older one can only be met by a side that is awake. What is left is a notification
that was not asked for. A ring that arms without a full fence needs both.

**A store barrier in place of a release** (wmb) leaves the loads in front of it unordered. A machine may then read a
buffer after it was given away and written anew. x86 and RC11 do not let a load return what is stored because of it
(load buffering); Arm does. C11 calls the two accesses a race.
`;

/** The page, as prettier would have it. */
export async function renderDocument(scores: Scores): Promise<string> {
  const names = Object.keys(TITLES) as (keyof Scores)[];
  const parts = [
    INTRODUCTION,
    '## Score\n',
    '| code | points | caught | redundant |',
    '| --- | ---: | ---: | ---: |',
    ...names.map((name) => countRow(TITLES[name], scores[name])),
    ...names.map((name) => renderTable(TITLES[name], scores[name])),
    CLOSING,
  ];
  return format(parts.join('\n'), { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT });
}

/** Counts points by what becomes of them when all of their order is gone. */
function countRow(title: string, scores: readonly BarrierScore[]): string {
  const points = new Map(scores.toReversed().map((score) => [score.point, score]));
  const caught = [...points.values()].filter(({ caughtIn }) => caughtIn !== null).length;
  return `| ${[title, points.size, caught, points.size - caught].join(' | ')} |`;
}

function renderTable(title: string, scores: readonly BarrierScore[]): string {
  const sorted = scores.toSorted((a, b) => sortKey(a).localeCompare(sortKey(b), 'en'));
  const rows = new Map<string, string[]>();
  for (const score of sorted) {
    const [name, side, where, ...rest] = cellsOf(score);
    const key = [name, side, where, '%', ...rest].join(' | ');
    rows.set(key, [...(rows.get(key) ?? []), weakenedName(score)]);
  }
  // Not aligned: one long remark would move every line of the table.
  return [
    `\n## ${title}\n`,
    '<!-- prettier-ignore -->',
    `| point | side | where | weakened to | ${PROFILES.join(' | ')} | caught in | remark |`,
    `| --- | --- | --- | --- | ${PROFILES.map(() => '---').join(' | ')} | --- | --- |`,
    ...[...rows].map(([cells, weakened]) => `| ${cells.replace('%', weakened.join(', '))} |`),
  ].join('\n');
}

function sortKey({ point }: BarrierScore): string {
  return `${point.name ?? 'Z'} ${point.thread ?? ''} ${point.site}`;
}

/** All cells but the one that says what the point is weakened to. */
function cellsOf(score: BarrierScore): string[] {
  const { point, verdicts, caughtIn } = score;
  const side = point.thread === null ? 'both' : point.thread === 0 ? 'driver' : 'device';
  const remark = remarkOn(score) ?? '**not explained**';
  const what = `\`${point.site}\`, ${point.kind}`;
  return [point.name ?? '', side, what, ...verdicts.map(verdictCell), caughtIn ?? '**nothing**', remark];
}

function verdictCell({ outcome, failure }: BarrierVerdict): string {
  if (failure !== null) return FAILURES[failure];
  return outcome === 'passed' ? 'passes' : 'not finished';
}
