import type { BarrierSuite, PointName } from '../barriers.js';
import { bellProgram, flagProgram } from './bells.js';
import { reuseProgram } from './reuse.js';
import { type RingProgramOptions, ringProgram } from './ring.js';
import { lateInterruptProgram, lateKickProgram } from './wishes.js';

const RING = { size: 4, eventIdx: true, indirect: false, inOrder: false, batch: 1, startIndex: 0 } as const;

/** From small to large. */
const SCENARIOS: readonly (readonly [string, Omit<RingProgramOptions, 'layout'>])[] = [
  ['1 buffer', { ...RING, buffers: 1 }],
  ['1 buffer, flags', { ...RING, buffers: 1, eventIdx: false }],
  ['2 buffers', { ...RING, buffers: 2 }],
  ['2 buffers, batch of 2', { ...RING, buffers: 2, batch: 2 }],
];

const SPLIT = rings('split');
const PACKED = rings('packed');

/** The barriers as docs/ARCHITECTURE.md names them. What both sides run counts once for each. */
const SPLIT_NAMES: readonly PointName[] = [
  { name: 'B1', site: 'SplitDriver.publish', kind: 'store' },
  { name: 'B2', site: 'SplitDriver.kickPrepare', kind: 'fence' },
  { name: 'B3', site: 'SplitDevice.readAvailIdx', kind: 'load' },
  { name: 'B4', site: 'SplitDevice.publishUsed', kind: 'store' },
  { name: 'B5', site: 'SplitDevice.interruptPrepare', kind: 'fence' },
  { name: 'B6', site: 'SplitDevice.enableKicks', kind: 'fence' },
  { name: 'B7', site: 'SplitDriver.readUsedIdx', kind: 'load' },
  { name: 'B8', site: 'SplitDriver.armAt', kind: 'fence' },
];

const PACKED_NAMES: readonly PointName[] = [
  { name: 'P1', site: 'PackedDriver.publish', kind: 'store' },
  { name: 'P2', site: 'PackedDriver.kickPrepare', kind: 'fence' },
  { name: 'P3', site: 'PeerEvents.load', kind: 'load' },
  { name: 'P4', site: 'PackedDevice.poll', kind: 'load' },
  { name: 'P5', site: 'PackedDevice.publishUsed', kind: 'store' },
  { name: 'P6', site: 'PackedDevice.interruptPrepare', kind: 'fence' },
  { name: 'P7', site: 'OwnEvents.arm', kind: 'store' },
  { name: 'P8', site: 'OwnEvents.arm', kind: 'fence' },
  { name: 'P9', site: 'PackedDriver.poll', kind: 'load' },
];

/** The rings, by layout, and the doorbells: in the rings, and where they have to do without one. */
export const BARRIER_SUITES: Readonly<Record<'split' | 'packed' | 'doorbell', BarrierSuite>> = {
  split: { programs: SPLIT, sites: /^Split/, isByThread: true, names: SPLIT_NAMES },
  packed: {
    programs: [...PACKED.slice(0, 2), lateInterruptProgram(), lateKickProgram(), ...PACKED.slice(2)],
    sites: /^(Packed|OwnEvents|PeerEvents)/,
    isByThread: true,
    names: PACKED_NAMES,
  },
  doorbell: {
    programs: [...SPLIT.slice(0, 3), ...PACKED.slice(0, 3), flagProgram(), bellProgram()],
    sites: /^Doorbell\./,
    isByThread: false,
    names: [],
  },
};

function rings(layout: RingProgramOptions['layout']): BarrierSuite['programs'] {
  const programs = SCENARIOS.map(([name, options]) => ({
    ...ringProgram({ ...options, layout }),
    name: `${layout}: ${name}`,
  }));
  return [...programs.slice(0, 2), reuseProgram(layout), ...programs.slice(2)];
}
