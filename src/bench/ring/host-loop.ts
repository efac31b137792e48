import { type Armable, Waiter } from '../../transport/waiter.js';
import { Chain } from '../../virtqueue/chain.js';
import type { DeviceQueue } from '../../virtqueue/queue.js';
import type { RingCase } from './ring-case.js';
import type { RingRig } from './ring-rig.js';

/** Returns every buffer at once, or after it has copied what is in it, until so many are served. */
export type HostLoop = (count: number) => void;

/** Functions that are made once, and no class, as {@link guestLoop} is; `own` is where the device copies payload to. */
export function hostLoop(ringCase: RingCase, rig: RingRig, own: Uint8Array): HostLoop {
  const { batch } = ringCase;
  const queue = rig.device();
  const waiter = new Waiter(rig.kickBell, ringCase.wait);
  const sleeper = armable(queue);
  const chain = new Chain();
  const use = ringCase.payload === 'copy' ? copying(rig, chain, own) : () => chain.writableBytes;
  const show = showing(ringCase, queue);
  queue.disableKicks();
  return (count) => {
    let served = 0;
    let hidden = 0;
    while (served < count) {
      if (queue.pop(chain)) {
        queue.stageUsed(chain, use());
        served += 1;
        hidden += 1;
        waiter.busy();
        if (hidden < batch) continue;
      } else if (hidden === 0) {
        waiter.idle(sleeper);
        continue;
      }
      show();
      hidden = 0;
    }
    if (hidden > 0) show();
  };
}

function armable(queue: DeviceQueue): Armable {
  return { arm: () => queue.enableKicks(), disarm: () => queue.disableKicks() };
}

/** What a device would do; returns the bytes that it has written. */
function copying(rig: RingRig, chain: Chain, own: Uint8Array): () => number {
  const memory = rig.payloadPort;
  const { buffers } = chain;
  return () => {
    let copiedBytes = 0;
    for (let i = 0; i < buffers.count; i++) {
      memory.copyOut(buffers.address(i), own, copiedBytes, buffers.length(i));
      copiedBytes += buffers.length(i);
    }
    return 0;
  };
}

function showing(ringCase: RingCase, queue: DeviceQueue): () => void {
  return ringCase.wait.policy === 'poll' ? () => queue.publishUsed() : () => queue.interrupt();
}
