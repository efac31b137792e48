import type { JobReport } from '../machine/job-report.js';
import type { Environment } from './environment.js';
import { formatNs, plural } from './format.js';

/** A latency of fewer clock steps than this is more clock than latency. */
const STEPS_MIN = 10;

/** What makes the figures of a run worth less than they look. */
export function runWarnings(jobs: readonly JobReport[], environment: Environment): string[] {
  return [...timerWarnings(jobs, environment), ...coreWarnings(jobs, environment), ...emptyWarnings(jobs)];
}

function timerWarnings(jobs: readonly JobReport[], { timer_resolution_ns: stepNs }: Environment): string[] {
  const near = jobs.filter(({ latency_ns: latency }) => latency !== null && latency.p99 < STEPS_MIN * stepNs);
  if (near.length === 0) return [];
  return [`p99 of ${names(near)} is near the clock's own step of ${formatNs(stepNs)}`];
}

function coreWarnings(jobs: readonly JobReport[], { cpu_count: cores }: Environment): string[] {
  const crowded = jobs.filter((job) => threadCount(job) > cores);
  if (crowded.length === 0) return [];
  const threads = Math.max(...crowded.map(threadCount));
  return [
    `${plural(threads, 'thread')} on ${plural(cores, 'core')} in ${names(crowded)}: ` +
      'latency includes waiting for a core',
  ];
}

function emptyWarnings(jobs: readonly JobReport[]): string[] {
  const empty = jobs.filter((job) => job.operations === 0 && job.verdict === 'pass');
  return empty.length === 0 ? [] : [`nothing was measured in ${names(empty)}: is the warm-up too long?`];
}

/** A guest and a host for each queue. */
function threadCount(job: JobReport): number {
  return 2 * job.queue.count;
}

function names(jobs: readonly JobReport[]): string {
  const [first] = jobs;
  return jobs.length === 1 && first !== undefined ? first.name : plural(jobs.length, 'job');
}
