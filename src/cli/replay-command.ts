/** What the user said about a run, as far as it changes the run. */
export interface RunChoices {
  readonly sets: readonly string[];
  readonly only: readonly string[];
  readonly thresholds: readonly string[];
  /** Jobs behind one that broke down are run too. */
  readonly keepsGoing: boolean;
  readonly checked: boolean;
  /** What is recorded; null: nothing. */
  readonly recorded: string | null;
}

/** The command that repeats a run: what the user typed, with the seed that was drawn. Ready to be pasted. */
export function replayCommand(scenario: string, seed: number, choices: RunChoices): string {
  const words = ['vring', 'run', scenario, '--seed', String(seed)];
  for (const set of choices.sets) words.push('--set', set);
  for (const job of choices.only) words.push('--only', job);
  for (const threshold of choices.thresholds) words.push('--threshold', threshold);
  if (choices.keepsGoing) words.push('--keep-going');
  if (choices.checked) words.push('--check');
  if (choices.recorded !== null) words.push('--record', choices.recorded);
  return shellWords(words);
}

/** A command that can be pasted. */
export function shellWords(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** For a POSIX shell. Job names hold brackets and thresholds hold `<`, which a shell takes for its own. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
