import type { BenchReport } from './bench-json.js';
import { benchTable } from './bench-table.js';
import { workerGains } from './bench-text.js';
import { exitCodeName } from './findings.js';
import { escaped, machineLine, markdownTable } from './markdown.js';

/** For a pull request or a page. */
export function benchMarkdown(report: BenchReport): string {
  const { what, exitCode, results } = report;
  const { header, rows } = benchTable(report);
  const reason = exitCode === 0 ? '' : `: ${exitCodeName(exitCode)}, exit ${exitCode}`;
  const gains = workerGains(results).map(escaped);
  const lines = [
    `# bench ${escaped(what)}${reason}`,
    '',
    machineLine(report),
    '',
    ...markdownTable([header, ...rows]),
    ...(gains.length === 0 ? [] : ['', ...gains]),
  ];
  return `${lines.join('\n')}\n`;
}
