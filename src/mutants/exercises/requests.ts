import { assert } from '../../assert.js';
import { LivenessError } from '../../errors.js';
import { BlockRequest } from '../../host/blk-request.js';
import { RngService } from '../../host/rng-service.js';
import { Rng } from '../../rng.js';
import { Chain } from '../../virtqueue/chain.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import { mustRefuse } from './expect.js';
import { Rig } from './rig.js';

const HEADER = [1, 0, 0x1234, 0] as const;
const TYPE = 1;
const SECTOR = 0x1234;

/** Decodes a request whose header is in pieces of these lengths, empty ones included. */
function decodeHeaderIn(pieces: readonly number[]): void {
  const rig = new Rig();
  const header = rig.place(16);
  HEADER.forEach((word, i) => rig.memory.store32(header + 4 * i, word));
  const chain = new Chain();
  let from = header;
  for (const length of pieces) {
    chain.buffers.addReadable(from, length);
    from += length;
  }
  chain.buffers.addWritable(rig.place(1), 1);
  const request = new BlockRequest();
  request.decode(chain, rig.memory);
  assert(
    request.type === TYPE && request.sector === SECTOR,
    'the header was read as % %',
    request.type,
    request.sector,
  );
  assert(request.data.readableBytes === 0, '% bytes of the header are data', request.data.readableBytes);
}

export function headerInPieces(): void {
  decodeHeaderIn([4, 4, 8]);
}

export function emptyRange(): void {
  decodeHeaderIn([8, 0, 8]);
}

function entropyService(rig: Rig): RngService {
  const stats = { buffersPopped: 0, buffersUsed: 0, interrupts: 0, interruptsSuppressed: 0 };
  const service = { window: 2, order: 'fifo' } as const;
  const { memory: port, device: queue } = rig;
  return new RngService({ port, queue, inOrder: false, service, rng: new Rng(1), answerSeed: 1, stats });
}

/** An entropy buffer without room can never be filled: the device says so, once. */
export function entropyBufferWithoutRoom(): void {
  const rig = new Rig();
  rig.driver.addBuf(new ScatterList().addWritable(rig.place(64), 0), 0);
  const service = entropyService(rig);
  mustRefuse('an entropy buffer without room', () => void service.poll());
}

/** A device comes to rest with something in service, which it finishes; its driver sleeps, and must hear of it. */
export function restingDevice(): void {
  const rig = new Rig({ size: 8 });
  const service = entropyService(rig);
  for (const token of [0, 1, 2]) rig.driver.addBuf(new ScatterList().addWritable(rig.place(64), 64), token);
  service.poll();
  for (const token of [0, 1]) assert(rig.driver.getBuf() === token, 'buffer % is not back', token);
  assert(rig.driver.enableCallbacks(), 'there is a third buffer already');
  const before = rig.interrupts;
  assert(service.drain(), 'something is still in service');
  // It goes on, with nothing new to do.
  service.poll();
  rig.device.interrupt();
  if (rig.interrupts === before)
    throw new LivenessError('NO_INTERRUPT', 'the driver never hears of the last buffer');
}
