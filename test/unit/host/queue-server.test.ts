import { describe, expect, test } from 'vitest';
import type { QueueService } from '../../../src/host/device.js';
import { QueueServer } from '../../../src/host/queue-server.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Feature } from '../../../src/transport/features.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { Status } from '../../../src/transport/status.js';
import { AT, MODEL, RAM_BYTES, RegisterRig } from '../../support/transport/register-rig.js';

const SUSPENDED = AT.featuresOk | Status.suspend;

/** A device that takes a few turns for what it has begun, as one with slow storage would. */
class SlowService implements QueueService {
  begun = 0;
  polls = 0;
  abandoned = 0;

  poll(): boolean {
    this.polls += 1;
    return false;
  }

  drain(): boolean {
    this.begun = Math.max(0, this.begun - 1);
    return this.begun === 0;
  }

  abandon(): void {
    this.abandoned += 1;
  }
}

/** A live device with one queue, which is served by a {@link SlowService}. */
function serving() {
  const features = MODEL.features.with(Feature.suspend, Feature.ringReset);
  const rig = RegisterRig.live({ model: { features, queueCount: 1 } });
  rig.write(Mmio.status, 0);
  rig.settle();
  const services: SlowService[] = [];
  const [hostQueue] = rig.queues;
  if (hostQueue === undefined) throw new Error('the rig has a queue');
  const port = SharedMemory.ofSize(RAM_BYTES);
  const serve = (): QueueService => {
    services.push(new SlowService());
    return services.at(-1) as SlowService;
  };
  const server = new QueueServer({ port, hostQueue, startIndex: 0, serve });
  rig.initialise(AT.featuresOk).enableQueue(0);
  rig.initialise(AT.live);
  server.turn();
  return { rig, server, services, port, service: services[0] as SlowService };
}

function suspend(rig: RegisterRig): void {
  rig.write(Mmio.status, AT.live | Status.suspend);
}

/** Suspends a device that has nothing in service. */
function rest(rig: RegisterRig, server: QueueServer): void {
  suspend(rig);
  server.turn();
  server.turn();
}

describe('a queue that comes to rest', () => {
  test('is at rest when everything begun is finished, however many turns that takes', () => {
    const { rig, server, service } = serving();
    service.begun = 4;
    suspend(rig);
    for (let turn = 1; turn < 4; turn++) {
      expect(server.turn()).toBe(true);
      expect([rig.status, server.arm()], 'and nobody sleeps before').toEqual([AT.live, false]);
    }
    server.turn();
    expect(rig.status, 'who calls hears of it first').toBe(AT.live);
    server.turn();
    expect(rig.status).toBe(SUSPENDED);
    expect([server.turn(), service.polls]).toEqual([false, 0]);
  });

  test('leaves the ring alone, also when its thread goes to sleep and wakes up', () => {
    const { rig, server, port } = serving();
    rest(rig, server);
    const before = port.bytes(0, port.sizeBytes).slice();
    expect(server.arm()).toBe(true);
    server.disarm();
    expect(server.turn()).toBe(false);
    expect(Buffer.compare(port.bytes(0, port.sizeBytes), before)).toBe(0);
  });

  test('goes on with the same service, and looks at once', () => {
    const { rig, server, services, service } = serving();
    const { live } = server;
    rest(rig, server);
    expect(rig.status).toBe(SUSPENDED);
    rig.write(Mmio.status, SUSPENDED | Status.driverOk);
    expect([server.turn(), server.turn()]).toEqual([true, false]);
    expect([services.length, service.abandoned, service.polls]).toEqual([1, 0, 1]);
    expect(server.live).toBe(live);
  });

  test.each([
    ['of the device', (rig: RegisterRig) => rig.write(Mmio.status, 0)],
    ['of the queue', (rig: RegisterRig) => rig.write(Mmio.queueReset, 1)],
  ])('is stopped by a reset %s, at rest or on the way', (_, reset) => {
    for (const begun of [0, 3]) {
      const { rig, server, service } = serving();
      service.begun = begun;
      rest(rig, server);
      reset(rig);
      server.turn();
      expect([server.live, service.abandoned]).toEqual([null, 1]);
      rig.device.poll();
      expect([0, SUSPENDED]).toContain(rig.status);
      expect(server.turn()).toBe(false);
    }
  });

  test('that fails on the way stops, and the device is not suspended', () => {
    const { rig, server, service } = serving();
    service.begun = 3;
    suspend(rig);
    server.turn();
    server.fail();
    rig.device.poll();
    while (server.turn());
    expect(rig.status).toBe(AT.live | Status.needsReset);
    expect(server.live).toBeNull();
  });
});
