/** Process exit codes, a contract with scripts and CI; the table in the README is made from the same words. */
export const ExitCode = {
  pass: 0,
  /** Our bug, or a worker that died. */
  internal: 1,
  /** Bad usage or an invalid scenario. */
  usage: 2,
  nothingSelected: 4,
  partial: 5,
  threshold: 10,
  regression: 11,
  /** Wrong data, a protocol violation or a forbidden outcome. */
  safety: 20,
  /** A stall or a lost wakeup. */
  liveness: 21,
  replayDiverged: 22,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
