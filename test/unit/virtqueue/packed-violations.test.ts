import { describe, expect, it } from 'vitest';
import type { ProtocolViolation } from '../../../src/errors.js';
import * as violations from '../../../src/virtqueue/packed-violations.js';
import { driverCases } from '../../support/ring/hostile-packed-device.js';
import { ringCases } from '../../support/ring/hostile-packed-driver.js';
import { eventCases, tableCases } from '../../support/ring/hostile-packed-tables.js';
import { makePackedRig } from '../../support/ring/rig.js';
import { victimCases } from '../../support/ring/violation-case.js';
import { checkRecovered, checkReported } from '../../support/ring/violation-checks.js';

const cases = victimCases(driverCases, [...ringCases, ...tableCases, ...eventCases]);

describe.each(cases)('$code, noticed by the $victim: $title', (violation) => {
  it('is reported with its section, and what was expected and seen; the queue is broken from then on', () => {
    checkReported(makePackedRig(violation.options), violation);
  });

  it('leaves every buffer that was not returned to be taken back, once', () => {
    checkRecovered(makePackedRig(violation.options), violation);
  });
});

describe('the list of violations', () => {
  it('every code for packed rings is provoked above, with its own section', () => {
    type Make = (...values: number[]) => ProtocolViolation;
    const made = Object.values(violations).map((make) => (make as Make)(1, 2, 3));
    const provoked = new Map(cases.map(({ code, section }) => [code, section]));
    expect(Object.fromEntries(made.map(({ code, detail }) => [code, detail.section]))).toEqual(
      Object.fromEntries(provoked),
    );
  });

  it.each(['VIRTQ_PACKED_EVENT_FLAGS', 'VIRTQ_PACKED_EVENT_OFFSET'])(
    '%s is noticed by whichever end reads it',
    (code) => {
      const victims = cases.filter((violation) => violation.code === code).map(({ victim }) => victim);
      expect([...new Set(victims)].toSorted()).toEqual(['device', 'driver']);
    },
  );
});
