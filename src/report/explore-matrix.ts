import { unreachable } from '../assert.js';
import type { ExploreProgress } from '../explore/profile-search.js';
import { PROFILE_TITLES } from '../explore/models/profiles.js';
import { type Bound, graphsOf, type ProfileReport } from '../explore/profile-report.js';
import type { ExploreReport } from './explore-json.js';
import { failureText } from './explore-text.js';
import { exitCodeName } from './findings.js';
import { formatCount, formatEta, formatSeconds, plural } from './format.js';
import type { Paint } from './paint.js';
import { tableLines } from './table.js';

/** Each profile and its verdict: what a person reads first. */
export function exploreText(report: ExploreReport, paint: Paint): string {
  const lines = [
    verdictLine(report, paint),
    environmentLine(report, paint),
    '',
    ...matrix(report.profiles, paint),
  ];
  if (report.verdict === 'fail') lines.unshift(`again: ${report.replay}`);
  if (report.profiles_skipped.length > 0) lines.push(`not begun: ${report.profiles_skipped.join(', ')}`);
  lines.push(...failureLines(report.profiles, paint));
  return `${lines.join('\n')}\n`;
}

/** `split tso 12.3k graphs of about 30k (41 %), 74k/s, 2 workers, about 0m01s left`. */
export function exploreProgressLine(title: string, progress: ExploreProgress): string {
  const { profile, graphs, isRandom = false, estimate, failures, workers, elapsedMs } = progress;
  const rate = elapsedMs > 0 ? (graphs * 1000) / elapsedMs : 0;
  const share = graphs / estimate;
  // The estimate is one of random ways; what is larger than it has turned out to be is not known at all.
  const isKnown = estimate > 0 && share < 1;
  const parts = [`${title} ${profile} ${formatCount(graphs)} ${isRandom ? 'runs' : 'graphs'}`];
  if (isKnown) parts.push(`${isRandom ? '' : 'about '}${Math.floor(share * 100)} % of them`);
  parts.push(`${formatCount(rate)}/s`);
  if (workers > 1) parts.push(`${workers} workers`);
  if (failures > 0) parts.push('FAILS');
  const leftS = (estimate - graphs) / rate;
  parts.push(isKnown ? `about ${formatEta(leftS)} left` : `elapsed ${formatEta(elapsedMs / 1000)}`);
  return parts.join(', ');
}

function verdictLine(report: ExploreReport, paint: Paint): string {
  const name = paint('bold', report.title);
  const profiles = plural(report.profiles.length, 'memory model');
  switch (report.verdict) {
    case 'pass':
      return `${paint('green', '✓ PASS')} ${name}  every execution under ${profiles}`;
    case 'fail':
      return `${paint('red', '✗ FAIL')} ${name}  ${exitCodeName(report.exitCode)}, exit ${report.exitCode}`;
    case 'bounded':
      return `${paint('yellow', '! BOUNDED')} ${name}  nothing found, and not everything was looked at`;
    case 'interrupted':
      return `${paint('yellow', '! INTERRUPTED')} ${name}  ${profiles} so far`;
    case 'error':
      return `${paint('red', '✗ ERROR')} ${name}  exit ${report.exitCode}`;
    default:
      return unreachable(report.verdict);
  }
}

function environmentLine({ environment: env, options }: ExploreReport, paint: Paint): string {
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  return paint('dim', `  vring ${env.vring_version}, Node ${env.node_version}  ${given.join(' ')}`);
}

const HEADER = ['profile', 'verdict', 'complete', 'blocked', 'failing', 'time', 'rate', ''];

function matrix(profiles: readonly ProfileReport[], paint: Paint): string[] {
  const rows = profiles.map((profile) => [
    PROFILE_TITLES[profile.profile],
    profile.verdict,
    String(profile.graphs_complete),
    String(profile.graphs_blocked),
    String(profile.failures.reduce((sum, { graphs }) => sum + graphs, 0)),
    formatSeconds(profile.elapsed_s),
    `${formatCount(profile.elapsed_s > 0 ? graphsOf(profile) / profile.elapsed_s : 0)}/s`,
    remark(profile),
  ]);
  const align = HEADER.map((_, column) => (column >= 2 && column <= 6 ? 'right' : 'left'));
  const [header = '', ...lines] = tableLines([HEADER, ...rows], align);
  return [paint('dim', header), ...lines.map((line, i) => painted(line, profiles[i], paint))];
}

function painted(line: string, profile: ProfileReport | undefined, paint: Paint): string {
  if (profile?.verdict === 'fail' || profile?.verdict === 'error') return paint('red', line);
  return profile?.verdict === 'bounded' ? paint('yellow', line) : line;
}

const BOUNDS: Readonly<Record<Exclude<Bound, 'random'>, string>> = {
  'first-failure': 'stopped after the first failure: see --all-failures',
  'max-events': 'graphs cut off at --max-events',
  limit: 'stopped at --limit',
  interrupted: 'interrupted',
};

function remark({ verdict, exhaustive, bounded_by: bounds, random }: ProfileReport): string {
  if (verdict === 'error') return '';
  if (exhaustive) return 'exhaustive';
  return bounds.map((bound) => (bound === 'random' ? randomRemark(random) : BOUNDS[bound])).join(', ');
}

function randomRemark(random: ProfileReport['random']): string {
  if (random === null) return 'at random';
  const { runs, seed, combinations } = random;
  const options = combinations > 1 ? ` of ${combinations} combinations of options` : '';
  return `${plural(runs, 'random run')}${options}, --seed ${seed}`;
}

/** The first failure as it happened, and of each other one how to see it. */
function failureLines(profiles: readonly ProfileReport[], paint: Paint): string[] {
  const [first, ...others] = profiles.flatMap(({ failures }) => failures);
  const lines = first === undefined ? [] : ['', failureText(first, { paint }).trimEnd()];
  if (typeof first?.fewest_buffers === 'number')
    lines.push(
      `with fewer than ${plural(first.fewest_buffers, 'buffer')} it does not fail: all was explored`,
    );
  for (const { kind, profile, message, graphs, replay } of others)
    lines.push(
      '',
      `${paint('red', kind)} ${profile}: ${message} (${plural(graphs, 'graph')})`,
      `  ${replay}`,
    );
  for (const { profile, error } of profiles)
    if (error !== null)
      lines.push('', `${paint('red', 'error')} ${profile}: ${error.message} (${error.code})`);
  return lines;
}
