import type { Histogram } from '../../stats/histogram.js';
import { latencyReport } from '../../stats/latency-report.js';
import { median, type RingResult, spread } from '../bench-result.js';
import { bufferBytes, type RingCase } from './ring-case.js';
import type { LaneSample } from './lane.js';

/** What is measured: one way to use a ring, on so many pairs of threads at the same time. */
export interface RingPlan {
  readonly name: string;
  readonly ringCase: RingCase;
  readonly queues: number;
}

/** The figures of one plan: of each repetition the samples of all lanes, and what all of them timed. */
export function ringResult(
  { name, ringCase, queues }: RingPlan,
  repetitions: readonly (readonly LaneSample[])[],
  latencies: readonly Histogram[],
): RingResult {
  const buffers = ringCase.buffers * queues;
  const each = repetitions.map((lanes) => repetitionOf(lanes, buffers));
  const samples = each.map(({ nsPerBuffer }) => nsPerBuffer);
  const nsPerBuffer = median(samples);
  const bytes = ringCase.payload === 'copy' ? bufferBytes(ringCase) : 0;
  const memcpyNsPerBuffer = median(each.map((one) => one.memcpyNsPerBuffer));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    name,
    ...configurationOf(ringCase),
    queues,
    buffers,
    ns_per_buffer: nsPerBuffer,
    buffers_per_s: 1e9 / nsPerBuffer,
    kicks_per_buffer: median(each.map((one) => one.kicksPerBuffer)),
    interrupts_per_buffer: median(each.map((one) => one.interruptsPerBuffer)),
    heap_bytes_per_buffer: Math.max(...each.map((one) => one.heapBytesPerBuffer)),
    minor_collections: sum(each.map((one) => one.minorCollections)),
    major_collections: sum(each.map((one) => one.majorCollections)),
    latency_ns: latencyReport(latencies),
    bytes_per_s: bytes === 0 ? null : (bytes * 1e9) / nsPerBuffer,
    memcpy_bytes_per_s: bytes === 0 ? null : (bytes * 1e9) / memcpyNsPerBuffer,
    metric: 'ns_per_buffer',
    better: 'lower',
    samples,
    repetitions: each.length,
    spread: spread(samples),
  };
}

function configurationOf(
  ringCase: RingCase,
): Pick<
  RingResult,
  'layout' | 'wait' | 'batch' | 'ring_size' | 'features' | 'depth' | 'elements' | 'element_bytes'
> {
  const { layout, wait, batch, ringSize, depth, elements, elementBytes } = ringCase;
  const features = [
    ...(ringCase.eventIdx ? ['event_idx'] : []),
    ...(ringCase.indirect ? ['indirect_desc'] : []),
    ...(ringCase.inOrder ? ['in_order'] : []),
    ...(ringCase.dma === 'none' ? [] : ['access_platform']),
  ];
  return {
    layout,
    wait: wait.policy,
    batch,
    ring_size: ringSize,
    features,
    depth,
    elements,
    element_bytes: elementBytes,
  };
}

interface Repetition {
  readonly nsPerBuffer: number;
  readonly kicksPerBuffer: number;
  readonly interruptsPerBuffer: number;
  readonly heapBytesPerBuffer: number;
  readonly memcpyNsPerBuffer: number;
  readonly minorCollections: number;
  readonly majorCollections: number;
}

/** All pairs of threads together: they started at the same time, and the last one ends it. */
function repetitionOf(lanes: readonly LaneSample[], buffers: number): Repetition {
  const guests = lanes.map(({ guest }) => guest);
  const hosts = lanes.map(({ host }) => host);
  const heaps = [...guests, ...hosts].map(({ heap }) => heap);
  const total = <T>(values: readonly T[], of: (value: T) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0);
  return {
    nsPerBuffer: Math.max(...guests.map(({ elapsedNs }) => elapsedNs)) / buffers,
    kicksPerBuffer: total(guests, ({ kicks }) => kicks) / buffers,
    interruptsPerBuffer: total(guests, ({ interrupts }) => interrupts) / buffers,
    heapBytesPerBuffer: total(heaps, ({ allocatedBytes }) => allocatedBytes) / buffers,
    memcpyNsPerBuffer: Math.max(...hosts.map(({ memcpyNs }) => memcpyNs)) / buffers,
    minorCollections: total(heaps, ({ minorCollections }) => minorCollections),
    majorCollections: total(heaps, ({ majorCollections }) => majorCollections),
  };
}
