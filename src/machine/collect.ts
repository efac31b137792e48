import type { WireError } from '../errors.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import { latencyReport } from '../stats/latency-report.js';
import type { DmaReport, EncryptionReport, JobReport, LifecycleReport, TimeUseReport } from './job-report.js';
import { splitReport } from './lane-split.js';
import type { Machine } from './machine.js';
import type { GuestResult, HostResult } from './thread-config.js';

/** What the threads had to say; a thread that died said nothing, and its counters are all there is. */
export interface Outcome {
  readonly guests: readonly GuestResult[];
  readonly hosts: readonly HostResult[];
  readonly failures: readonly WireError[];
  readonly interrupted: boolean;
}

/** The report of a job, whole or cut short: from shared counters first, which outlive their threads. */
export function collect(machine: Machine, outcome: Outcome): JobReport {
  const { plan } = machine;
  const guest = (counter: number): number => machine.sumGuest(counter);
  const host = (counter: number): number => machine.sumHost(counter);
  const durationNs = Math.max(
    ...machine.lanes.map((lane) => lane.guestCounters.get(GuestCounter.measuredNs)),
  );
  const perSecond = (amount: number): number => (durationNs > 0 ? (amount * 1e9) / durationNs : 0);
  // In front: what the threads saw of it came later.
  const failures = [...(machine.check?.failures ?? []), ...allFailures(outcome)];
  const lost = guest(GuestCounter.submitted) - guest(GuestCounter.completed) - guest(GuestCounter.detached);
  const bad = failures.length > 0 || guest(GuestCounter.mismatches) > 0 || lost > 0;
  return {
    name: plan.name,
    parameters: plan.parameters,
    device: plan.device,
    transport: plan.transport,
    queue: {
      layout: plan.queue.layout,
      size: plan.queue.size,
      count: plan.queue.count,
      features: outcome.guests[0]?.features ?? [],
    },
    wait: plan.wait.policy,
    seed: plan.seed,
    verdict: bad ? 'fail' : outcome.interrupted ? 'interrupted' : 'pass',
    arrival: plan.workload.arrival.model,
    operations: guest(GuestCounter.measured),
    warmup_operations: guest(GuestCounter.warmup),
    errors: guest(GuestCounter.errors),
    errors_by_kind: sumRecords(outcome.guests.map((result) => result.errorsByKind)),
    duration_s: durationNs / 1e9,
    operations_per_s: perSecond(guest(GuestCounter.measured)),
    bytes_per_s: perSecond(guest(GuestCounter.bytes)),
    latency_ns: latencyReport(machine.lanes.map((lane) => lane.histogram)),
    latency_split: splitReport(machine.lanes.map((lane) => lane.split)),
    buffers: guest(GuestCounter.submitted),
    kicks: guest(GuestCounter.kicks),
    kicks_suppressed: guest(GuestCounter.kicksSuppressed),
    kicks_spurious: host(HostCounter.spuriousKicks),
    interrupts: host(HostCounter.interrupts),
    interrupts_suppressed: host(HostCounter.interruptsSuppressed),
    interrupts_spurious: guest(GuestCounter.spuriousInterrupts),
    verified_bytes: guest(GuestCounter.verifiedBytes),
    mismatches: guest(GuestCounter.mismatches),
    out_of_order: guest(GuestCounter.outOfOrder),
    detached: guest(GuestCounter.detached),
    recoveries: guest(GuestCounter.recoveries),
    lifecycle: plan.lifecycle === null ? null : lifecycleReport(guest),
    dma: dmaReport(machine),
    dma_path: machine.explainsDma ? (outcome.guests[0]?.dmaSteps ?? []) : null,
    encryption: encryptionReport(machine),
    time_use: timeUseReport(machine),
    checks: machine.check?.report ?? null,
    lost,
    sha256: outcome.guests.find((result) => result.sha256 !== null)?.sha256 ?? null,
    submission_digests: outcome.guests.map((result) => result.digest),
    serial: outcome.guests[0]?.serial ?? '',
    backend_errors: sumRecords(outcome.hosts.map((result) => result.backendErrors)),
    failures,
    mismatch_samples: outcome.guests.flatMap((result) => result.mismatchSamples).slice(0, 8),
  };
}

/** Less than this says nothing. */
const MEASURED_NS_MIN = 2e5;

function timeUseReport(machine: Machine): TimeUseReport | null {
  const guest = shares((counter) => machine.sumGuest(counter), {
    posting: GuestCounter.postingNs,
    reaping: GuestCounter.reapingNs,
    checking: GuestCounter.checkingNs,
    waiting: GuestCounter.waitingNs,
  });
  const host = shares((counter) => machine.sumHost(counter), {
    ring: HostCounter.ringNs,
    device: HostCounter.deviceNs,
    waiting: HostCounter.waitingNs,
  });
  return guest === null || host === null ? null : { guest, host };
}

function shares<Name extends string>(
  sum: (counter: number) => number,
  counters: Readonly<Record<Name, number>>,
): Record<Name, number> | null {
  const names = Object.keys(counters) as Name[];
  const totalNs = names.reduce((total, name) => total + sum(counters[name]), 0);
  if (totalNs < MEASURED_NS_MIN) return null;
  return Object.fromEntries(names.map((name) => [name, sum(counters[name]) / totalNs])) as Record<
    Name,
    number
  >;
}

function lifecycleReport(guest: (counter: number) => number): LifecycleReport {
  const counts = {
    device_resets: guest(GuestCounter.deviceResets),
    ring_resets: guest(GuestCounter.ringResets),
    resizes: guest(GuestCounter.resizes),
    suspends: guest(GuestCounter.suspends),
  };
  return {
    events: Object.values(counts).reduce((sum, count) => sum + count, 0),
    ...counts,
    tokens_detached: guest(GuestCounter.tokensDetached),
    tokens_reposted: guest(GuestCounter.tokensReposted),
  };
}

function dmaReport(machine: Machine): DmaReport | null {
  const { plan, dma } = machine;
  if (plan.dma === null) return null;
  const guest = (counter: number): number => machine.sumGuest(counter);
  return {
    mapping: plan.dma.mapping,
    maps: guest(GuestCounter.dmaMaps),
    unmaps: guest(GuestCounter.dmaUnmaps),
    syncs: guest(GuestCounter.dmaSyncs),
    bounced: guest(GuestCounter.dmaBounced),
    bytes_bounced_in: guest(GuestCounter.dmaBytesIn),
    bytes_bounced_out: guest(GuestCounter.dmaBytesOut),
    mapping_errors: guest(GuestCounter.dmaErrors),
    coherent_bytes: guest(GuestCounter.dmaCoherentBytes),
    slots: dma?.pool?.shape.slotCount ?? 0,
    slots_used: dma?.pool?.usedSlots ?? 0,
    slots_high_water: dma?.pool?.highWaterSlots ?? 0,
    transient_pools: guest(GuestCounter.transientPools),
    grown_pools: guest(GuestCounter.grownPools),
  };
}

function encryptionReport(machine: Machine): EncryptionReport | null {
  const { encryption } = machine.plan;
  if (encryption === null) return null;
  return {
    host_sees: encryption.hostSees,
    pages_decrypted: machine.sumGuest(GuestCounter.pagesDecrypted),
    pages_encrypted: machine.sumGuest(GuestCounter.pagesEncrypted),
    pages_leaked: machine.sumGuest(GuestCounter.pagesLeaked),
    private_accesses: machine.sumHost(HostCounter.privateAccesses),
  };
}

/** What a vCPU says that was waiting for the device when the machine was stopped: somebody else knows why it was. */
const CONSEQUENCES: readonly string[] = ['ABORTED', 'EXIT_ABANDONED'];

/** The host's first: a driver that only heard of a reset did not see the cause. */
function allFailures(outcome: Outcome): WireError[] {
  const hosts = outcome.hosts.flatMap((result) => result.failures);
  const guests = outcome.guests.flatMap((result) => result.failures);
  const all = [...hosts, ...outcome.failures, ...guests];
  const causes = all.filter(({ code }) => !CONSEQUENCES.includes(code));
  return causes.length > 0 ? causes : all;
}

function sumRecords(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const record of records)
    for (const [key, value] of Object.entries(record)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
