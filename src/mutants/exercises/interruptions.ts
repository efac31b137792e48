import { assert } from '../../assert.js';
import { HostQueue } from '../../transport/host-queue.js';
import { DeviceWindow, WINDOW_BYTES } from '../../transport/window.js';
import { PACKED_DESC_BYTES } from '../../virtqueue/packed-layout.js';
import { splitLayout } from '../../virtqueue/split-layout.js';
import { HookedMemory } from './hooked-memory.js';
import { Rig } from './rig.js';

/** An interrupt comes behind every access of a driver's, and its handler asks whether there is something. */
export function interruptedDriver(): void {
  const rig = new Rig({ layout: 'packed' });
  const { driver, memory, ring, options } = rig;
  const endOfRing = ring.desc + PACKED_DESC_BYTES * options.size;
  for (let round = 0; round < 2 * options.size; round++) {
    driver.addBuf(rig.list(), round);
    rig.serve();
    memory.hook = () => {
      memory.hook = (_access, address) => {
        assert(
          address < endOfRing,
          'an interrupt handler looked at %, the ring ends at %',
          address,
          endOfRing,
        );
      };
      driver.poll();
      memory.hook = null;
    };
    assert(driver.getBuf() === round, 'buffer % is not back', round);
    memory.hook = null;
  }
}

/** The driver shows a buffer while the device is in the middle of a look at the index. */
export function tornIndex(): void {
  const rig = new Rig({ startIndex: 0x00ff });
  const { availIdx } = splitLayout(rig.options.size, rig.ring);
  rig.memory.hook = (access, address) => {
    if (access !== 'load' || (address & ~1) !== availIdx) return;
    rig.memory.hook = null;
    if (rig.driver.outstandingCount === 0) rig.driver.addBuf(rig.list(), 0);
  };
  rig.device.poll();
  rig.memory.hook = null;
  rig.serve();
  assert(rig.driver.getBuf() === 0, 'the buffer was not served');
}

/** The I/O thread wakes at the very moment that a queue is started: what it finds must be all there. */
export function earlyStart(): void {
  const memory = new HookedMemory(WINDOW_BYTES);
  const window = new DeviceWindow(memory);
  const host = new HostQueue(window, 1, 2);
  const setup = { size: 8, desc: 4096, driver: 8192, device: 12_288 };
  let found = 'nothing';
  memory.hook = (access) => {
    if (access === 'update' && host.hasChanged()) found = JSON.stringify(host.acknowledge());
  };
  window.startQueue(1, setup);
  assert(found === JSON.stringify(setup), 'the queue went live with %', found);
}
