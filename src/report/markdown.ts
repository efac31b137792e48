import type { Environment } from './environment.js';

/** A table whose first row is its heading. */
export function markdownTable([header = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (row: readonly string[]): string => `| ${row.map(escaped).join(' | ')} |`;
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)];
}

/** Text that is to be read as it is. */
export function escaped(text: string): string {
  return text.replaceAll(/[|<>*_`\\]/g, String.raw`\$&`);
}

interface Measured {
  readonly environment: Environment;
  readonly started_at: string;
}

/** Where and when something was measured. */
export function machineLine({ environment: env, started_at: startedAt }: Measured): string {
  const machine = `${env.cpu_count} x ${env.cpu_model}, load ${env.load_average[0] ?? 0}`;
  return `vring ${env.vring_version}, Node ${env.node_version}, ${escaped(machine)}, ${startedAt}`;
}
