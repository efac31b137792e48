import type { BenchResult, ExploreResult, RingResult } from '../bench/bench-result.js';
import type { Environment } from './environment.js';
import { formatBytesPerS, formatCount, formatNs, formatRatio, formatSeconds, formatShare } from './format.js';
import type { Paint } from './paint.js';
import { type Align, tableLines } from './table.js';

/** What one result says, while others are still measured. */
export function resultLine(result: BenchResult): string {
  if ('profile' in result) {
    const { name, profile, workers, graphs_per_s } = result;
    return `${name} ${profile} ${workers} x: ${formatCount(graphs_per_s)} graphs/s`;
  }
  return `${ringWords(result)
    .filter((word) => word !== '')
    .join(' ')}: ${formatNs(result.ns_per_buffer)} a buffer`;
}

const EXPLORE_HEADER = ['bench', 'profile', 'workers', 'graphs', 'time', 'rate', 'spread'];

/** A line for each measurement, and what two threads are worth. */
export function exploreBenchText(
  results: readonly ExploreResult[],
  environment: Environment,
  paint: Paint,
): string {
  const rows = results.map((result) => [
    result.name,
    result.profile,
    String(result.workers),
    String(result.graphs),
    formatSeconds(result.elapsed_s),
    `${formatCount(result.graphs_per_s)}/s`,
    formatShare(result.spread),
  ]);
  return page([EXPLORE_HEADER, ...rows], 2, gains(results), environment, paint);
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

/** A line for each measurement. */
export function ringBenchText(
  results: readonly RingResult[],
  environment: Environment,
  paint: Paint,
): string {
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
  return page([header, ...rows], 3, [], environment, paint);
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

function page(
  rows: readonly (readonly string[])[],
  leftColumns: number,
  below: readonly string[],
  { vring_version, node_version, cpu_count, cpu_model, load_average }: Environment,
  paint: Paint,
): string {
  const cpu = `${cpu_count} x ${cpu_model}, load ${load_average[0] ?? 0}`;
  const align = (rows[0] ?? []).map((_, column): Align => (column >= leftColumns ? 'right' : 'left'));
  const [header = '', ...lines] = tableLines(rows, align);
  const title = paint('dim', `vring ${vring_version}, Node ${node_version}, ${cpu}`);
  return `${[title, paint('dim', header), ...lines, ...below].join('\n')}\n`;
}

function gains(results: readonly ExploreResult[]): string[] {
  return results
    .filter(({ workers }) => workers > 1)
    .flatMap((result) => {
      const { name, profile, workers } = result;
      const one = results.find(
        (other) => other.name === name && other.profile === profile && other.workers === 1,
      );
      if (one === undefined || one.graphs_per_s === 0) return [];
      const gain = (result.graphs_per_s / one.graphs_per_s).toFixed(2);
      return [`${workers} workers build graphs ${gain} times as fast as one (${name}, ${profile})`];
    });
}
