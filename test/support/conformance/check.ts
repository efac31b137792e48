import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { DOCUMENT, renderDocument } from './document.js';
import { findEvidence, type TestOutcome } from './evidence.js';
import { loadCatalogue } from './statements.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const REFRESH = '`npm run conformance` writes it';

/**
 * Holds docs/CONFORMANCE.md against the run that has just ended, or writes it where VRING_CONFORMANCE=write says so.
 * Only a run of all tests can tell, so nothing is said after any other. Returns what is wrong, each a failure.
 */
export async function checkConformance(
  vitest: Vitest,
  modules: readonly TestModule[],
  reason: TestRunEndReason,
): Promise<string[]> {
  const isToWrite = process.env['VRING_CONFORMANCE'] === 'write';
  const ran = modules.map((module) => module.relativeModuleId);
  if (reason === 'interrupted' || !isWholeRun(vitest.config, ran, testFiles())) {
    return isToWrite ? ['docs/CONFORMANCE.md: only a run of all tests can write it'] : [];
  }
  const outcomes = modules.flatMap(outcomesOf);
  const catalogue = loadCatalogue();
  const findings = findEvidence(outcomes, catalogue);
  const problems = [...findings.problems];
  const rendered = await renderDocument(catalogue, findings);
  if (isToWrite) writeFileSync(DOCUMENT, rendered);
  // After a failure the page would be called outdated for lack of the very test that is red already.
  else if (reason === 'passed') problems.push(...findDifference(readDocument(), rendered));
  return problems;
}

/** Whether every test file ran, and none of them in part. */
export function isWholeRun(
  config: { readonly testNamePattern?: unknown; readonly tagsFilter?: unknown },
  filesThatRan: readonly string[],
  files: readonly string[],
): boolean {
  const ran = new Set(filesThatRan);
  const isNarrowed = config.testNamePattern !== undefined || config.tagsFilter !== undefined;
  return !isNarrowed && files.every((file) => ran.has(file));
}

/** Where the page and the run disagree first: in a statement if there is one, since a count says little. */
export function findDifference(committed: string, rendered: string): string[] {
  if (committed === rendered) return [];
  const was = committed.split('\n');
  const is = rendered.split('\n');
  const lines = Array.from({ length: Math.max(was.length, is.length) }, (_, i) => i);
  const differing = lines.filter((i) => was[i] !== is[i]);
  const at = differing.find((i) => is[i]?.startsWith('| N')) ?? (differing[0] as number);
  const sides = `it says\n    ${was[at] ?? '(nothing)'}\n  and the run\n    ${is[at] ?? '(nothing)'}`;
  return [`docs/CONFORMANCE.md:${at + 1}: not what this run shows (${REFRESH}); ${sides}`];
}

function readDocument(): string {
  return existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
}

function testFiles(): string[] {
  return readdirSync(`${ROOT}/test`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path.replaceAll('\\', '/')}`);
}

function outcomesOf(module: TestModule): TestOutcome[] {
  return [...module.children.allTests()].map((test) => {
    const titles: string[] = [test.name];
    let { parent } = test;
    for (; parent.type === 'suite'; parent = parent.parent) titles.unshift(parent.name);
    // `test.fails` passes where the code does not do what the title says.
    const passed = test.result().state === 'passed' && test.options.fails !== true;
    return { file: module.relativeModuleId, titles, passed };
  });
}
