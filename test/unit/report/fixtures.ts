import type { ExitCode } from '../../../src/exit-code.js';
import type { WireError } from '../../../src/errors.js';
import type {
  DmaReport,
  EncryptionReport,
  JobReport,
  LatencySplitReport,
  LifecycleReport,
  SplitLegReport,
} from '../../../src/machine/job-report.js';
import type { Environment } from '../../../src/report/environment.js';
import { buildRunReport, type RunOutcome, type RunReport } from '../../../src/report/run-json.js';
import type { JobPlan, ScenarioPlan } from '../../../src/scenario/plan.js';

export function jobReport(changes: Partial<JobReport> = {}): JobReport {
  return {
    name: 'randread',
    parameters: {},
    device: 'blk',
    transport: 'mmio',
    queue: { layout: 'split', size: 256, count: 1, features: ['VERSION_1', 'EVENT_IDX'] },
    wait: 'adaptive',
    seed: 7,
    verdict: 'pass',
    arrival: 'closed',
    operations: 1_000_000,
    warmup_operations: 0,
    errors: 0,
    errors_by_kind: {},
    duration_s: 0.5,
    operations_per_s: 2_000_000,
    bytes_per_s: 8_192_000_000,
    latency_ns: { min: 900, mean: 15_000, p50: 12_300, p90: 20_000, p99: 41_200, p99_9: 99_000, max: 1.5e6 },
    latency_split: null,
    buffers: 1_000_000,
    kicks: 80_000,
    kicks_suppressed: 920_000,
    kicks_spurious: 12,
    interrupts: 110_000,
    interrupts_suppressed: 890_000,
    interrupts_spurious: 34,
    verified_bytes: 4_096_000_000,
    mismatches: 0,
    out_of_order: 50_000,
    detached: 0,
    recoveries: 0,
    lifecycle: null,
    dma: null,
    dma_path: null,
    checks: null,
    encryption: null,
    time_use: null,
    lost: 0,
    sha256: null,
    submission_digests: ['d1'],
    serial: 'vring0',
    backend_errors: {},
    failures: [],
    mismatch_samples: [],
    ...changes,
  };
}

/** Of which everything follows from the median. */
export function latencyLeg(p50Ns: number): SplitLegReport {
  return { mean_ns: p50Ns, p50_ns: p50Ns, p90_ns: 1.5 * p50Ns, p99_ns: 2 * p50Ns, max_ns: 10 * p50Ns };
}

export function latencySplitReport(changes: Partial<LatencySplitReport> = {}): LatencySplitReport {
  return {
    sampled: 15_600,
    dropped: 0,
    clock_error_ns: 240,
    waiting: latencyLeg(0),
    to_device: latencyLeg(2000),
    in_device: latencyLeg(3000),
    to_driver: latencyLeg(4000),
    ...changes,
  };
}

export function lifecycleReport(): LifecycleReport {
  return {
    events: 1000,
    device_resets: 250,
    ring_resets: 250,
    resizes: 250,
    suspends: 250,
    tokens_detached: 20_000,
    tokens_reposted: 20_000,
  };
}

export function failure(exitCode: ExitCode, message: string): WireError {
  return { kind: 'Error', code: 'CODE', message, exitCode, fields: { section: '2.7.8' }, stack: 'stack' };
}

export function jobPlan(changes: Partial<JobPlan> = {}): JobPlan {
  return {
    name: 'randread',
    parameters: {},
    seed: 7,
    device: 'blk',
    transport: 'mmio',
    memoryBytes: 2 ** 26,
    encryption: null,
    dma: null,
    wait: { policy: 'adaptive', spinNs: 50_000 },
    queue: {
      layout: 'split',
      size: 256,
      count: 1,
      features: ['EVENT_IDX'],
      directCount: 0,
      startIndex: 0,
    },
    backend: { kind: 'memory', sizeBytes: 2 ** 24, readOnly: false, faults: [] },
    blk: { sizeMaxBytes: null, segMax: null, serial: 'vring0' },
    service: { window: 1, order: 'fifo' },
    workload: {
      kind: 'read',
      pattern: 'random',
      mix: [{ operation: 'read', weight: 1 }],
      blocks: [{ sizeBytes: 4096, weight: 1 }],
      arrival: { model: 'closed', depth: 32 },
      segments: { min: 1, max: 1 },
      framing: 'separate',
      operations: 1_000_000,
      durationMs: null,
      warmup: { operations: 0, durationMs: 0 },
      verify: true,
      hash: false,
      source: null,
    },
    stallTimeoutMs: 5000,
    fault: null,
    lifecycle: null,
    ...changes,
  };
}

export function scenarioPlan(changes: Partial<ScenarioPlan> = {}): ScenarioPlan {
  return {
    name: 'quickstart',
    description: 'a first look',
    file: 'quickstart.yaml',
    seed: 42,
    jobs: [jobPlan()],
    thresholds: [],
    ...changes,
  };
}

export const environment: Environment = {
  vring_version: '0.1.0',
  node_version: '20.20.2',
  v8_version: '11.3',
  platform: 'linux',
  arch: 'x64',
  cpu_model: 'Test CPU',
  cpu_count: 4,
  memory_bytes: 2 ** 34,
  load_average: [0.5, 0.4, 0.3],
  timer_resolution_ns: 40,
  node_flags: [],
};

export function runReport(changes: Partial<RunOutcome> = {}): RunReport {
  return buildRunReport({
    plan: scenarioPlan(),
    replay: 'vring run quickstart.yaml --seed 42',
    startedAt: '2026-11-22T12:00:00.000Z',
    environment,
    jobs: [jobReport()],
    thresholds: [],
    abortedBy: null,
    interrupted: false,
    ...changes,
  });
}

export function dmaReport(changes: Partial<DmaReport> = {}): DmaReport {
  return {
    mapping: 'swiotlb',
    maps: 3000,
    unmaps: 3000,
    syncs: 0,
    bounced: 2000,
    bytes_bounced_in: 3 * 2 ** 20,
    bytes_bounced_out: 2 ** 20,
    mapping_errors: 0,
    coherent_bytes: 8192,
    slots: 8192,
    slots_used: 0,
    slots_high_water: 713,
    transient_pools: 0,
    grown_pools: 0,
    ...changes,
  };
}

export function encryptionReport(changes: Partial<EncryptionReport> = {}): EncryptionReport {
  return {
    host_sees: 'zero',
    pages_decrypted: 4098,
    pages_encrypted: 2,
    pages_leaked: 0,
    private_accesses: 0,
    ...changes,
  };
}
