import { findFix } from '../explore/fix.js';
import { type FixReport, fixReport } from '../explore/fix-report.js';
import { loadProgram, type resolveProgram } from '../explore/load-program.js';
import type { ProfileName } from '../explore/models/model.js';
import type { FoundFailure, ProfileReport } from '../explore/profile-report.js';

type ProgramRef = ReturnType<typeof resolveProgram>;

/** Executions that the search for a repair may build: some seconds. */
const FIX_GRAPHS = 60_000;

/**
 * The failures of the fewest buffers that show any, with how far one can be sure of that: a failure with three buffers
 * is mostly one with two, and easier to read there. The report stays that of the program that was asked for.
 */
export async function withFewestBuffers(
  report: ProfileReport,
  ref: ProgramRef,
  explore: (ref: ProgramRef) => Promise<ProfileReport>,
): Promise<ProfileReport> {
  const { buffers } = ref.options;
  if (report.verdict !== 'fail' || typeof buffers !== 'number') return report;
  let isExhaustive = true;
  for (let fewer = 1; fewer < buffers; fewer++) {
    const smaller = await explore({ ...ref, options: { ...ref.options, buffers: fewer } });
    if (smaller.verdict === 'fail')
      return { ...report, failures: marked(smaller.failures, fewer, isExhaustive) };
    isExhaustive &&= smaller.exhaustive;
  }
  return { ...report, failures: marked(report.failures, buffers, isExhaustive) };
}

function marked(failures: readonly FoundFailure[], buffers: number, isExhaustive: boolean): FoundFailure[] {
  return failures.map((failure) => ({ ...failure, fewest_buffers: isExhaustive ? buffers : null }));
}

/** Looks for the change of one access that repairs the program in all profiles, and puts it into the failures. */
export async function withFix(
  reports: readonly ProfileReport[],
  profiles: readonly ProfileName[],
): Promise<readonly ProfileReport[]> {
  const [failure] = reports.flatMap(({ failures }) => failures);
  if (failure === undefined) return reports;
  const program = await loadProgram(failure.program);
  const fix: FixReport = fixReport(findFix(program, profiles, { graphs: FIX_GRAPHS }));
  return reports.map((report) => ({
    ...report,
    failures: report.failures.map((other) => ({ ...other, fix })),
  }));
}
