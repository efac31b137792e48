import { exitCodeName } from './findings.js';
import { formatShare } from './format.js';
import { escaped, machineLine, markdownTable } from './markdown.js';
import type { StressFailureReport, StressReport } from './stress-json.js';
import { eventsKept, outcomeClasses, stressTotals } from './stress-words.js';

const HEADER = ['result', 'samples', 'frequency', 'grade', 'section', 'reason'];

/** For a pull request or a page: what failed, and a table for each class of rounds. */
export function stressMarkdown(report: StressReport): string {
  const { verdict, exitCode, seed, failures } = report;
  const reason = exitCode === 0 ? '' : ` (${exitCodeName(exitCode)}, exit ${exitCode})`;
  const lines = [
    `# stress, seed ${seed}: ${verdict}${reason}`,
    '',
    `\`${report.replay}\``,
    '',
    stressTotals(report),
    '',
    machineLine(report),
    ...failures.flatMap(failureLines),
  ];
  for (const { title, rows } of outcomeClasses(report)) {
    const cells = rows.map((row) => [
      row.result,
      String(row.samples),
      formatShare(row.frequency),
      row.grade,
      row.section,
      row.reason,
    ]);
    lines.push('', `## ${escaped(title)}`, '', ...markdownTable([HEADER, ...cells]));
  }
  return `${lines.join('\n')}\n`;
}

function failureLines(finding: StressFailureReport): string[] {
  const { code, message, exitCode, replay, explanation } = finding;
  const [first = ''] = message.split('\n');
  const smaller = explanation?.shrunk ?? null;
  const explored = explanation?.failure ?? null;
  return [
    '',
    `- **${exitCodeName(exitCode)}** ${escaped(first)} (${escaped(code)}): \`${replay}\``,
    `  - ${eventsKept(finding)}`,
    ...(smaller === null ? [] : [`  - made smaller: \`${smaller.replay}\``]),
    ...(explored === null ? [] : [`  - one execution: ${escaped(explored.message)}: \`${explored.replay}\``]),
  ];
}
