import type { Environment } from '../environment.js';
import { formatBytes, formatNs } from '../format.js';
import { markup, type Markup } from './markup.js';
import { factsOf } from './table.js';

/** What the figures depend on and the scenario does not say. */
export function environmentSection(env: Environment): Markup {
  return markup`<section id="environment"><h2>Environment</h2>
${factsOf([
  ['vring', env.vring_version],
  ['Node', `${env.node_version}, V8 ${env.v8_version}`],
  ...(env.node_flags === undefined ? [] : [['flags of Node', env.node_flags.join(' ') || 'none'] as const]),
  ['system', `${env.platform}, ${env.arch}`],
  ['processor', `${env.cpu_count} x ${env.cpu_model}`],
  ['memory', formatBytes(env.memory_bytes)],
  ['load before the run', `${env.load_average.join(', ')} (1, 5, 15 minutes)`],
  ['step of the clock', formatNs(env.timer_resolution_ns)],
])}</section>
`;
}
