import { thresholdActual, type ThresholdReport } from './findings.js';
import { plural } from './format.js';
import type { Paint } from './paint.js';
import { tableLines, type Align } from './table.js';

/** A line for each threshold and job. */
export function thresholdLines(thresholds: readonly ThresholdReport[], paint: Paint): string[] {
  const rows = thresholds.map((threshold) => {
    const { passed, text, job } = threshold;
    return { passed, cells: [text, thresholdActual(threshold), job] };
  });
  return section(rows, ['left', 'right', 'left'], paint);
}

/** A line for each threshold, over all jobs: the breaches themselves stand among the findings. */
export function thresholdSummary(thresholds: readonly ThresholdReport[], paint: Paint): string[] {
  const rows = [...new Set(thresholds.map(({ text }) => text))].map((text) => {
    const results = thresholds.filter((threshold) => threshold.text === text);
    const held = results.filter(({ passed }) => passed).length;
    return { passed: held === results.length, cells: [text, `${held} of ${plural(results.length, 'job')}`] };
  });
  return section(rows, ['left', 'left'], paint);
}

interface Row {
  readonly passed: boolean;
  readonly cells: readonly string[];
}

function section(rows: readonly Row[], align: readonly Align[], paint: Paint): string[] {
  if (rows.length === 0) return [];
  const lines = tableLines(
    rows.map(({ cells }) => cells),
    align,
  );
  const marked = rows.map(({ passed }, index) => {
    const text = `${passed ? '✓' : '✗'} ${lines[index]}`;
    return `  ${paint(passed ? 'green' : 'red', text)}`;
  });
  return ['', 'thresholds', ...marked];
}
