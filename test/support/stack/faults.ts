import type { DeviceQueue, DriverQueue } from '../../../src/virtqueue/queue.js';
import type { StackMachine } from './stack-machine.js';

/** Where something can go wrong on purpose. */
export interface Fault {
  /** A driver's end was made, the `ring`th of this run, counted from 1. */
  readonly onDriver?: (queue: DriverQueue<number>, ring: number) => void;
  /** A device's end was made. */
  readonly onDevice?: (queue: DeviceQueue, ring: number) => void;
  /** The I/O thread has had its turn. */
  readonly onTurn?: (machine: StackMachine) => void;
}

export type FaultName =
  | 'returns a token of the ring before'
  | 'loses a buffer at a reset'
  | 'interrupts while suspended'
  | 'keeps its position over a reset'
  | 'sleeps through a kick after a resize';

/** Bugs of the kind that these sequences are to find, one instance of each for each run. */
export const FAULTS: Readonly<Record<FaultName, () => Fault>> = {
  'returns a token of the ring before': () => {
    let last = 0;
    return {
      onDriver: (queue, ring) => {
        const { addBuf, getBuf } = queue;
        queue.addBuf = (buffers, token) => {
          if (ring === 1) last = token;
          return addBuf.call(queue, buffers, token);
        };
        queue.getBuf = () => {
          const token = getBuf.call(queue) ?? (ring > 1 && last > 0 ? last : undefined);
          if (token === last) last = 0;
          return token;
        };
      },
    };
  },
  'loses a buffer at a reset': () => ({
    onDriver: (queue) => {
      const { detachUnused } = queue;
      queue.detachUnused = () =>
        detachUnused.call(queue) === undefined ? undefined : detachUnused.call(queue);
    },
  }),
  'interrupts while suspended': () => ({
    onTurn: ({ hostQueue, isPaused }) => {
      if (isPaused) hostQueue.interrupter.notify(0);
    },
  }),
  'keeps its position over a reset': () => {
    let old: DeviceQueue | null = null;
    return {
      onDevice: (queue) => {
        const before = old;
        old = queue;
        if (before !== null) queue.poll = () => before.poll();
        if (before !== null) queue.pop = (chain) => before.pop(chain);
      },
    };
  },
  'sleeps through a kick after a resize': () => ({
    onDevice: (queue, ring) => {
      const { enableKicks } = queue;
      queue.enableKicks = () => (ring === 1 ? enableKicks.call(queue) : !queue.poll());
    },
  }),
};
