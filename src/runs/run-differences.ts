import type { StoredRun } from './stored-run.js';

/** What of a job says how it was run, and not how that came out. */
const CONFIGURATION = ['device', 'transport', 'queue', 'wait', 'arrival', 'parameters'] as const;
const NAMES_MAX = 3;

/** What else than the program is different about two runs, in a line each. */
export function runDifferences(a: StoredRun, b: StoredRun): string[] {
  const [jobsA, jobsB] = [a, b].map(jobsOf) as [Job[], Job[]];
  const differing = jobsA.flatMap((job) => {
    const other = jobsB.find(({ name }) => name === job['name']);
    const keys =
      other === undefined ? [] : CONFIGURATION.filter((key) => textOf(job[key]) !== textOf(other[key]));
    return keys.length === 0 ? [] : [`${String(job['name'])} (${keys.join(', ')})`];
  });
  const shown = differing.slice(0, NAMES_MAX).join('; ') + (differing.length > NAMES_MAX ? '; ...' : '');
  const verdicts = [a, b].map(({ document }) => String(document['verdict']));
  return [
    ...(differing.length === 0 ? [] : [`not the same job in both: ${shown}`]),
    ...(verdicts.every((verdict) => verdict === 'pass')
      ? []
      : [`A has the verdict ${verdicts.join(', B ')}`]),
  ];
}

/** A setting of a job that is another one in the other run; what one of them does not have is `none`. */
export interface SettingDifference {
  readonly job: string;
  /** Its path in the document of the run: `queue.size`. */
  readonly setting: string;
  readonly a: string;
  readonly b: string;
}

export function settingDifferences(a: StoredRun, b: StoredRun): SettingDifference[] {
  const others = jobsOf(b);
  return jobsOf(a).flatMap((job) => {
    const other = others.find(({ name }) => name === job['name']);
    if (other === undefined) return [];
    const [inA, inB] = [settingsOf(job), settingsOf(other)];
    return [...new Set([...inA.keys(), ...inB.keys()])].flatMap((setting) => {
      const [one = 'none', another = 'none'] = [inA.get(setting), inB.get(setting)];
      return one === another ? [] : [{ job: String(job['name']), setting, a: one, b: another }];
    });
  });
}

function settingsOf(job: Job): ReadonlyMap<string, string> {
  return new Map(CONFIGURATION.flatMap((key) => leavesOf(key, job[key])));
}

function leavesOf(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, textOf(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(`${path}.${key}`, inner));
}

type Job = Readonly<Record<string, unknown>>;

function jobsOf({ document }: StoredRun): Job[] {
  return Array.isArray(document['jobs']) ? (document['jobs'] as Job[]) : [];
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
