import os from 'node:os';

/** CPU time of this process, all of its threads together. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time of everything else on the machine. The system counts in steps of 10 ms: look at long stretches only. */
export function othersCpuMs(): number {
  const busyMs = os
    .cpus()
    .reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return busyMs - ownCpuMs();
}
