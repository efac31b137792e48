import { ScenarioError } from '../../../src/errors.js';
import { parseScenario } from '../../../src/scenario/load.js';
import type { JobPlan, ScenarioPlan } from '../../../src/scenario/plan.js';

/** Four lines, then the job `a` with `lines` from line 5 on, indented by four. */
export function jobText(...lines: readonly string[]): string {
  return ['version: 1', 'name: test', 'jobs:', '  a:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** A job that can be run: `workload` on line 5, `operations` on line 6, `lines` from line 7 on. */
export function readText(...lines: readonly string[]): string {
  return jobText('workload: read', 'operations: 10', ...lines);
}

export function plan(text: string, ...sets: readonly string[]): ScenarioPlan {
  return parseScenario(text, 's.yaml', { sets });
}

export function firstJob(text: string, ...sets: readonly string[]): JobPlan {
  return plan(text, ...sets).jobs[0] as JobPlan;
}

export function errorOf(run: () => unknown): ScenarioError {
  try {
    run();
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The lines of the message that a text is refused with. */
export function refusal(text: string, ...sets: readonly string[]): string[] {
  return errorOf(() => plan(text, ...sets)).message.split('\n');
}
