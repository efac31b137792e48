import { describe, expect, it } from 'vitest';
import type { ProtocolViolation } from '../../../src/errors.js';
import * as violations from '../../../src/virtqueue/violations.js';
import { driverCases } from '../../support/ring/hostile-device.js';
import { deviceCases } from '../../support/ring/hostile-driver.js';
import { makeRig } from '../../support/ring/rig.js';
import { victimCases } from '../../support/ring/violation-case.js';
import { checkRecovered, checkReported } from '../../support/ring/violation-checks.js';

const cases = victimCases(driverCases, deviceCases);

describe.each(cases)('$code, noticed by the $victim: $title', (violation) => {
  it('is reported with its section, and what was expected and seen; the queue is broken from then on', () => {
    checkReported(makeRig(violation.options), violation);
  });

  it('leaves every buffer that was not returned to be taken back, once', () => {
    checkRecovered(makeRig(violation.options), violation);
  });
});

describe('the list of violations', () => {
  it('every code for split rings is provoked above, with its own section', () => {
    type Make = (...values: number[]) => ProtocolViolation;
    const made = Object.values(violations).map((make) => (make as Make)(1, 2, 3));
    const split = made.filter(({ detail }) => detail.section.startsWith('2.7'));
    const provoked = new Map(cases.map(({ code, section }) => [code, section]));
    expect(Object.fromEntries(split.map(({ code, detail }) => [code, detail.section]))).toEqual(
      Object.fromEntries(provoked),
    );
  });
});
