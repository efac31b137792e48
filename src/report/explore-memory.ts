import type { FailureReport } from '../explore/failure-report.js';
import type { TraceRow } from '../explore/trace.js';

/** What the page's slider shows, kept small: names once, and what each step changes. */
export interface MemorySteps {
  /** Places in memory, by address: name, initial value. */
  readonly cells: readonly (readonly [name: string, initial: string])[];
  readonly rows: readonly MemoryStep[];
}

export interface MemoryStep {
  readonly text: string;
  readonly where: string;
  /** Values that are in memory behind this row and were not before: cell, value. */
  readonly arrives: readonly (readonly [cell: number, value: string])[];
  /** A write that is on its way to memory behind this row: cell, value, and the row behind which it is there. */
  readonly held: readonly [cell: number, value: string, until: number] | null;
}

export function memorySteps({ trace }: FailureReport): MemorySteps {
  const numbers = new Map(trace.cells.map(({ name }, at) => [name, at]));
  const written = (row: TraceRow): readonly [number, string][] =>
    row.written === null ? [] : [[numbers.get(row.written.name) as number, row.written.value]];
  const rows = trace.rows.map((row): MemoryStep => {
    const held =
      row.arrivesAfter === null ? [] : written(row).map(([cell, value]) => [cell, value, row.arrivesAfter]);
    const late = trace.rows.filter(({ arrivesAfter }) => arrivesAfter === row.number).flatMap(written);
    return {
      text: `${row.number}  ${trace.threads[row.thread]?.name ?? ''}: ${row.text}`,
      where: `${row.source.file}:${row.source.line} ${row.source.name}`,
      arrives: [...(row.arrivesAfter === null ? written(row) : []), ...late],
      held: (held[0] as MemoryStep['held'] | undefined) ?? null,
    };
  });
  return { cells: trace.cells.map(({ name, initial }) => [name, initial]), rows };
}
