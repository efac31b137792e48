import type { BenchResult, ExploreResult, RingResult } from '../bench/bench-result.js';
import type { BenchReport } from './bench-json.js';
import { formatBytesPerS, formatCount, formatNs, formatRatio, formatSeconds, formatShare } from './format.js';

/** A line for each result; the columns behind the first ones are figures. */
export interface BenchTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly leftColumns: number;
}

export function benchTable({ what, results }: BenchReport): BenchTable {
  return what === 'explore'
    ? exploreTable(results.filter(isOfExplorer))
    : ringTable(results.filter(isOfRing));
}

function isOfRing(result: BenchResult): result is RingResult {
  return !isOfExplorer(result);
}

export function isOfExplorer(result: BenchResult): result is ExploreResult {
  return 'profile' in result;
}

/** What tells a result from the others of its bench. */
export function resultName(result: BenchResult): string {
  if (isOfExplorer(result)) {
    const { name, profile, workers } = result;
    return `${name}, ${profile}${workers > 1 ? `, ${workers} workers` : ''}`;
  }
  const [what = '', ring = '', wait = '', batch = ''] = ringWords(result);
  return [what, ring, wait, `batch ${batch}`].filter((word) => word !== '').join(', ');
}

const EXPLORE_HEADER = ['bench', 'profile', 'workers', 'graphs', 'time', 'rate', 'spread'];

function exploreTable(results: readonly ExploreResult[]): BenchTable {
  const rows = results.map((result) => [
    result.name,
    result.profile,
    String(result.workers),
    String(result.graphs),
    formatSeconds(result.elapsed_s),
    `${formatCount(result.graphs_per_s)}/s`,
    formatShare(result.spread),
  ]);
  return { header: EXPLORE_HEADER, rows, leftColumns: 2 };
}

const RING_HEADER = [
  'bench',
  'ring',
  'wait',
  'batch',
  'buffers',
  'each',
  'rate',
  'spread',
  'kicks',
  'irqs',
  'heap',
];

function ringTable(results: readonly RingResult[]): BenchTable {
  const hasLatency = results.some(({ latency_ns }) => latency_ns !== null);
  const hasBytes = results.some(({ bytes_per_s }) => bytes_per_s !== null);
  const header = [
    ...RING_HEADER,
    ...(hasLatency ? ['p50', 'p99', 'max'] : []),
    ...(hasBytes ? ['copied', 'memcpy', 'of it'] : []),
  ];
  const rows = results.map((result) => {
    const { latency_ns: latency, bytes_per_s: bytes, memcpy_bytes_per_s: memcpy } = result;
    return [
      ...ringWords(result),
      formatCount(result.buffers),
      formatNs(result.ns_per_buffer),
      `${formatCount(result.buffers_per_s)}/s`,
      formatShare(result.spread),
      formatRatio(result.kicks_per_buffer),
      formatRatio(result.interrupts_per_buffer),
      `${formatRatio(result.heap_bytes_per_buffer)} B`,
      ...(hasLatency
        ? latency === null
          ? NONE
          : [latency.p50, latency.p99, latency.max].map(formatNs)
        : []),
      ...(hasBytes ? copyCells(bytes, memcpy) : []),
    ];
  });
  return { header, rows, leftColumns: 3 };
}

const NONE = ['-', '-', '-'];

function copyCells(bytesPerS: number | null, memcpyBytesPerS: number | null): readonly string[] {
  if (bytesPerS === null || memcpyBytesPerS === null) return NONE;
  return [
    formatBytesPerS(bytesPerS),
    formatBytesPerS(memcpyBytesPerS),
    formatShare(bytesPerS / memcpyBytesPerS),
  ];
}

/** What was measured: as little as tells the results of one bench apart. */
function ringWords({
  name,
  layout,
  ring_size,
  queues,
  elements,
  element_bytes,
  features,
  wait,
  batch,
}: RingResult): string[] {
  const what = [
    name,
    ...(queues > 1 ? [`${queues} x`] : []),
    ...(elements > 1 ? [`${elements} elements`] : []),
    ...(name === 'payload' || name.startsWith('dma-') ? [`${element_bytes} B`] : []),
    ...(features.includes('indirect_desc') ? ['indirect'] : []),
    ...(features.includes('in_order') ? ['in order'] : []),
  ];
  return [what.join(' '), `${layout} ${ring_size}`, wait, String(batch)];
}
