/** What the tools print with `--json`, as far as the zoo looks at it. */
interface Document {
  readonly profiles?: readonly {
    readonly failures: readonly { readonly kind: string; readonly message: string }[];
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
  readonly jobs?: readonly {
    readonly verdict: string;
    readonly mismatches: number;
    readonly lost: number;
    readonly failures: readonly { readonly code: string; readonly message: string }[];
  }[];
  /** Of `vring stress`, which ends with the first. */
  readonly failures?: readonly { readonly code: string; readonly message: string }[];
  readonly finding?: string | null;
}

/** A patch that does not even run would be caught by everything. */
const NO_CODE = /is not defined|SyntaxError|Unexpected token|Cannot access '.*' before initialization/;

/** The first thing that a tool has found, in a line; null: nothing. Throws on what is no document of a tool's. */
export function findingOf(stdout: string): string | null {
  const document = JSON.parse(stdout) as Document;
  const finding = firstOf(document);
  if (finding !== null && NO_CODE.test(finding)) throw new Error(`the patch is no working code: ${finding}`);
  return finding;
}

function firstOf({ profiles, jobs, failures: raced, finding }: Document): string | null {
  for (const { failures, error } of profiles ?? []) {
    const [failure] = failures;
    if (failure !== undefined) return `${failure.kind}: ${failure.message}`;
    if (error !== null) return `${error.code}: ${error.message}`;
  }
  for (const { verdict, failures, mismatches, lost } of jobs ?? []) {
    const [failure] = failures;
    if (failure !== undefined) return `${failure.code}: ${failure.message}`;
    if (mismatches > 0) return `mismatches: ${mismatches}`;
    if (lost > 0) return `lost: ${lost}`;
    if (verdict !== 'pass') return `verdict: ${verdict}`;
  }
  const [failure] = raced ?? [];
  // Of a stall there are many lines more: where each side is.
  if (failure !== undefined) return `${failure.code}: ${failure.message.split('\n', 1).join('')}`;
  return finding ?? null;
}
