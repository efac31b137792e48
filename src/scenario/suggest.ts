/**
 * Edits that turn `a` into `b`: insert, delete, replace, or swap two neighbours (optimal string alignment). A swap
 * counts as one because it is what fingers do.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

/** The candidate that `word` was most likely meant to be, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = plain(word);
  let found: string | null = null;
  let foundDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance >= foundDistance || !isNear(wanted, plain(candidate), distance)) continue;
    found = candidate;
    foundDistance = distance;
  }
  return found;
}

/** `did you mean \`size\`?`, or null. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  const found = nearest(word, candidates);
  return found === null ? null : `did you mean \`${found}\`?`;
}

function isNear(word: string, candidate: string, distance: number): boolean {
  if (distance <= Math.max(1, Math.floor(candidate.length / 3))) return true;
  return word.length >= 3 && isAbbreviation(word, candidate);
}

/** Same first letter, and the other letters in order: `rnd` and `rand` for `random`. */
function isAbbreviation(word: string, candidate: string): boolean {
  if (word[0] !== candidate[0]) return false;
  let next = 0;
  for (const letter of candidate) if (letter === word[next]) next++;
  return next === word.length;
}

/** Case and the choice of separator are never what tells two keys apart. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
