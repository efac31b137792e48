import type { BenchResult } from '../bench/explore-bench.js';
import type { Environment } from './environment.js';
import { formatCount, formatSeconds, formatShare } from './format.js';
import type { Paint } from './paint.js';
import { tableLines } from './table.js';

const HEADER = ['bench', 'profile', 'workers', 'graphs', 'time', 'rate', 'spread'];

/** A line for each measurement, and what two threads are worth. */
export function benchText(results: readonly BenchResult[], environment: Environment, paint: Paint): string {
  const { vring_version, node_version, cpu_count, cpu_model, load_average } = environment;
  const cpu = `${cpu_count} x ${cpu_model}, load ${load_average[0] ?? 0}`;
  const rows = results.map((result) => [
    result.name,
    result.profile,
    String(result.workers),
    String(result.graphs),
    formatSeconds(result.elapsed_s),
    `${formatCount(result.graphs_per_s)}/s`,
    formatShare(result.spread),
  ]);
  const align = HEADER.map((_, column) => (column >= 2 ? 'right' : 'left'));
  const [header = '', ...lines] = tableLines([HEADER, ...rows], align);
  const title = paint('dim', `vring ${vring_version}, Node ${node_version}, ${cpu}`);
  return `${[title, paint('dim', header), ...lines, ...gains(results)].join('\n')}\n`;
}

function gains(results: readonly BenchResult[]): string[] {
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
