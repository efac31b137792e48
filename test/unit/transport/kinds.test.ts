import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../../src/devices/blk.js';
import type { TransportName } from '../../../src/scenario/plan.js';
import { resetDevice } from '../../../src/transport/negotiate.js';
import { InterruptCause, Status } from '../../../src/transport/status.js';
import { pattern, Requests } from '../../support/transport/requests.js';
import { WorkRig } from '../../support/transport/run-work.js';

const KINDS: readonly TransportName[] = ['mmio', 'pci'];

/** The initialisation, a write, a flush, a read of what was written, and a reset; what there is to see of it. */
function session(transport: TransportName): unknown {
  const requests = new Requests({ transport, queue: { features: ['EVENT_IDX', 'INDIRECT_DESC'] } });
  const { machine } = requests;
  const bytes = pattern(1024, 3);
  requests.fill(0, bytes);
  requests.do((blk) => blk.write(0, 5, 1024, 1));
  requests.do((blk) => blk.flush(1));
  requests.do((blk) => blk.read(2, 5, 1024, 2));
  expect(requests.data(2, 1024)).toEqual(bytes);
  const line = machine.driver.interrupts(0);
  const negotiated = [0, 1, 2, 3].map((select) => machine.window.negotiatedWord(select));
  const setup = machine.window.queueSetup(0);
  const rings = line.bell.sequence();
  const causes = line.pending();
  resetDevice(machine.driver);
  const after = [machine.driver.readStatus(), machine.window.interruptStatus];
  const violations = machine.violations.map(({ code }) => code);
  const { statuses } = requests;
  return { statuses, negotiated, setup, rings, causes, after, violations };
}

describe('both transports', () => {
  test('carry the same initialisation and the same requests to the same end', () => {
    const [mmio, pci] = KINDS.map(session);
    expect(pci).toEqual(mmio);
    expect(mmio).toMatchObject({
      statuses: [BlkStatus.ok, BlkStatus.ok, BlkStatus.ok],
      causes: InterruptCause.usedBuffer,
      after: [0, 0],
      violations: [],
    });
  });

  test('carry the same workload', () => {
    const digests = KINDS.map((transport) => {
      const rig = new WorkRig({ transport, workload: { kind: 'mixed', operations: 200 } }).run();
      expect(rig.count('completed')).toBe(200);
      expect(rig.machine.violations).toEqual([]);
      return rig.ledger.digest;
    });
    expect(digests[1]).toBe(digests[0]);
  });

  test.each(KINDS)('tell a driver that the device needs a reset: %s', (transport) => {
    const { machine } = new Requests({ transport });
    const line = machine.driver.interrupts(0);
    machine.driver.writeStatus(Status.acknowledge);
    expect(line.pending() & InterruptCause.configChange).toBe(InterruptCause.configChange);
    expect(machine.driver.readStatus() & Status.needsReset).toBe(Status.needsReset);
    line.acknowledge(line.pending());
    expect(line.pending()).toBe(0);
    resetDevice(machine.driver);
    machine.bringUp();
    expect(machine.violations.map(({ code }) => code)).toEqual(['STATUS_CLEARED']);
  });
});
