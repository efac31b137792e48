import type { HeapUse } from './heap-meter.js';
import type { OnlookerMemory } from './onlooker.js';
import type { RingCase } from './ring-case.js';

/** What a thread of a bench is started with. */
export interface BenchThreadConfig {
  readonly ringCase: RingCase;
  readonly memory: SharedArrayBuffer;
  /** Where this thread writes down what it does. */
  readonly onlooker: OnlookerMemory;
  readonly histogram: SharedArrayBuffer;
  /** How many buffers the guest has got back. */
  readonly progress: SharedArrayBuffer;
  /** Where all threads of the case meet, and how many they are. */
  readonly meeting: SharedArrayBuffer;
  readonly parties: number;
}

/** One repetition, as the guest saw it. */
export interface GuestSample {
  readonly elapsedNs: number;
  readonly kicks: number;
  readonly interrupts: number;
  readonly heap: HeapUse;
}

/** One repetition, as the host saw it. */
export interface HostSample {
  readonly heap: HeapUse;
  /** As many bytes copied by nothing but the copy, in ordinary memory; 0 where there is no payload. */
  readonly memcpyNs: number;
}

/**
 * What a worker of a bench can be asked for: to become one side of a ring and warm up, once, and then for one
 * repetition after another. Whatever the one side is asked for, the other must be, too.
 */
export interface BenchApi {
  startGuest(config: BenchThreadConfig): void;
  startHost(config: BenchThreadConfig): void;
  measureGuest(): GuestSample;
  measureHost(): HostSample;
}
