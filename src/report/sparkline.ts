const LEVELS = '▁▂▃▄▅▆▇█';

/** A character for each value, from 0 to the largest in eight steps; a dot where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => (value === null ? '·' : levelOf(value, top))).join('');
}

/** Only what is nothing at all gets the lowest one, unless all is nothing. */
function levelOf(value: number, top: number): string {
  const level = top === 0 ? 0 : Math.ceil((value / top) * (LEVELS.length - 1));
  return LEVELS.charAt(level);
}
