import type { ExploreResult } from '../bench/bench-result.js';
import type { BenchReport } from './bench-json.js';
import { benchTable, isOfExplorer } from './bench-table.js';
import { formatCount } from './format.js';
import type { Paint } from './paint.js';
import { type Align, tableLines } from './table.js';

/** What one result says, while others are still measured. */
export function resultLine({ name, profile, workers, graphs_per_s }: ExploreResult): string {
  return `${name} ${profile} ${workers} x: ${formatCount(graphs_per_s)} graphs/s`;
}

/** A line for each measurement, and what two threads are worth to the explorer. */
export function benchText(report: BenchReport, paint: Paint): string {
  const { results, environment } = report;
  const { vring_version, node_version, cpu_count, cpu_model, load_average } = environment;
  const { header, rows, leftColumns } = benchTable(report);
  const cpu = `${cpu_count} x ${cpu_model}, load ${load_average[0] ?? 0}`;
  const align = header.map((_, column): Align => (column >= leftColumns ? 'right' : 'left'));
  const [head = '', ...lines] = tableLines([header, ...rows], align);
  const title = paint('dim', `vring ${vring_version}, Node ${node_version}, ${cpu}`);
  return `${[title, paint('dim', head), ...lines, ...workerGains(results)].join('\n')}\n`;
}

/** How much faster several workers of the explorer are than one, in a line for each. */
export function workerGains(all: BenchReport['results']): string[] {
  const results = all.filter(isOfExplorer);
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
