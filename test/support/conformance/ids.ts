/** `N0042`, or a range `N0042..N0045`, for which some write a dash. Other numbers of digits are typing errors. */
const NAMED = /\bN(\d{3,})(?:\s?(?:\.\.|[-–])\s?N(\d{3,}))?\b/g;

/** All ids that a text names, in its order; a range counts as everything between its ends. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(NAMED)].flatMap(([, first, last]) => {
    if (last === undefined) return [`N${first}`];
    const ids = idsFrom(Number(first), Number(last));
    // A range that runs backwards is one of two ends, neither of which may vanish without a word.
    return ids.length > 0 ? ids : [`N${first}`, `N${last}`];
  });
}

/** Ids in the same notation, as short as can be: neighbours become a range. */
export function idsAsText(ids: readonly string[]): string {
  const runs: string[][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && numberOf(id) === numberOf(run.at(-1) as string) + 1) run.push(id);
    else runs.push([id]);
  }
  return runs.map((run) => (run.length < 3 ? run.join(', ') : `${run[0]}..${run.at(-1)}`)).join(', ');
}

export function numberOf(id: string): number {
  return Number(id.slice(1));
}

function idsFrom(first: number, last: number): string[] {
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, i) => `N${String(first + i).padStart(4, '0')}`);
}
