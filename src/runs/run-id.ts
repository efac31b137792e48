const ID = /^\d{8}-\d{6}\.\d{3}-[0-9a-f]{4}$/;

/**
 * Of an ISO 8601 time in UTC: `20261123-064710.512-3f9a`. That is when the run began, so that ids sort as the runs
 * began, and 16 bits of chance, so that two which began in one millisecond differ.
 */
export function runId(startedAt: string, chance: number): string {
  const [date = '', time = ''] = startedAt.replaceAll(/[-:Z]/g, '').split('T');
  const tail = (chance & 0xffff).toString(16).padStart(4, '0');
  return `${date}-${time}-${tail}`;
}

export function isRunId(name: string): boolean {
  return ID.test(name);
}
