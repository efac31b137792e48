import assert from 'node:assert/strict';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import type { AnyRig } from './rig.js';

/** A buffer of ranges with these lengths, one behind the other in the rig's payload. */
export function buffer(rig: AnyRig, readable: readonly number[], writable: readonly number[]): ScatterList {
  const list = new ScatterList();
  let address = rig.payload;
  for (const length of readable) {
    list.addReadable(address, length);
    address += length;
  }
  for (const length of writable) {
    list.addWritable(address, length);
    address += length;
  }
  return list;
}

/** Adds and publishes a buffer; of 16 writable bytes unless told otherwise. */
export function post(rig: AnyRig, token: number, list: ScatterList = buffer(rig, [], [16])): void {
  assert.ok(rig.driver.addBuf(list, token), `buffer ${token} does not fit`);
}

/** Posts `count` buffers, tokens 0 and on. */
export function postMany(rig: AnyRig, count: number): void {
  for (let token = 0; token < count; token++) post(rig, token);
}

/** Takes the next buffer, which must be there. */
export function pop(rig: AnyRig): Chain {
  const chain = new Chain();
  assert.ok(rig.device.pop(chain), 'no buffer is available');
  return chain;
}

/** Takes the next buffer and returns it, written to the full unless told otherwise. */
export function serve(rig: AnyRig, writtenBytes?: number): void {
  const chain = pop(rig);
  rig.device.push(chain, writtenBytes ?? chain.writableBytes);
}

/** Sends one buffer all the way round, without any notification. */
export function roundTrip(rig: AnyRig, token: number): void {
  post(rig, token);
  serve(rig);
  assert.equal(rig.driver.getBuf(), token);
}

/** The ranges of a chain as [address, length, writable]. */
export function ranges(chain: Chain): [number, number, boolean][] {
  const { buffers } = chain;
  return Array.from({ length: buffers.count }, (_, i) => [
    buffers.address(i),
    buffers.length(i),
    buffers.isWritable(i),
  ]);
}

/** Every token that still comes back, in order. */
export function drain(rig: AnyRig): number[] {
  return collect(() => rig.driver.getBuf());
}

/** Every token that the driver takes back without the device, as after a reset. */
export function detachAll(rig: Pick<AnyRig, 'driver'>): number[] {
  return collect(() => rig.driver.detachUnused());
}

function collect(next: () => number | undefined): number[] {
  const tokens: number[] = [];
  for (let token = next(); token !== undefined; token = next()) tokens.push(token);
  return tokens;
}
