import type { Environment } from '../environment.js';
import { formatBytes, formatNs } from '../format.js';
import { markup, type Markup } from './markup.js';
import { factsOf } from './table.js';

/** What the figures depend on and the scenario does not say. */
export function environmentSection(env: Environment): Markup {
  return markup`<section id="environment"><h2>Environment</h2>
${factsOf(environmentFacts(env))}</section>
`;
}

export const LOAD_FACT = 'load before the run';
export const CLOCK_FACT = 'step of the clock';

/** By name; without those that were not kept, as of a history that an earlier version wrote. */
export function environmentFacts(env: Partial<Environment>): readonly (readonly [string, string])[] {
  const fact = <T>(name: string, value: T | undefined, text: (value: T) => string): [string, string][] =>
    value === undefined ? [] : [[name, text(value)]];
  return [
    ...fact('vring', env.vring_version, String),
    ...fact('Node', env.node_version, (node) =>
      env.v8_version === undefined ? node : `${node}, V8 ${env.v8_version}`,
    ),
    ...fact('flags of Node', env.node_flags, (flags) => flags.join(' ') || 'none'),
    ...fact('system', env.platform, (platform) => `${platform}, ${env.arch ?? '?'}`),
    ...fact('processor', env.cpu_model, (model) => `${env.cpu_count ?? '?'} x ${model}`),
    ...fact('memory', env.memory_bytes, formatBytes),
    ...fact(LOAD_FACT, env.load_average, (load) => `${load.join(', ')} (1, 5, 15 minutes)`),
    ...fact(CLOCK_FACT, env.timer_resolution_ns, formatNs),
  ];
}
