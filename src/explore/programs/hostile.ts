import { assert } from '../../assert.js';
import { ProtocolViolation } from '../../errors.js';
import type { MemoryPort } from '../../memory/port.js';
import { Chain } from '../../virtqueue/chain.js';
import { deviceQueue, driverQueue, initRing, type RingLayout } from '../../virtqueue/layouts.js';
import { DESC_BYTES } from '../../virtqueue/split-layout.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { DriverQueue, QueueOptions } from '../../virtqueue/queue.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { type AttackName, attackOn, type Rubbish, type Victim } from './attacks.js';
import { bellNotifier, type RingMemory, ringMemory, WORD_BYTES } from './ring-memory.js';

export interface HostileProgramOptions {
  readonly layout: RingLayout;
  readonly eventIdx: boolean;
  readonly victim: Victim;
  readonly attack: AttackName;
  /** A careless device: it goes by what the ring says when it uses a buffer, not by what it checked. */
  readonly readsTwice: boolean;
}

/** Entries of the ring, and how often the victim looks at it: it is not to be kept busy for ever. */
const SIZE = 4;
const TURNS = 3;

/**
 * One end of a ring against a thread that writes rubbish into it at any moment. The end either works with what it has
 * checked, or refuses with a ProtocolViolation. The rubbish is written without any order, so there are races; models
 * that take a race for a fault of its own have nothing to say here.
 */
export function hostileProgram(options: HostileProgramOptions): Program {
  const { layout, victim, attack } = options;
  const memory = ringMemory(layout, SIZE, 1);
  const rubbish = attackOn(victim, attack, layout, SIZE, memory.ring);
  return {
    name: `${layout} ${victim} and a peer that lies about ${attack}`,
    memoryBytes: memory.sizeBytes,
    setup: (port) => {
      initRing(layout, port, SIZE, memory.ring, 0);
      // A device is given one honest buffer to begin with.
      if (victim === 'device') postOne(port, options, memory);
    },
    threads: [
      { name: 'attacker', run: (port) => writeRubbish(port, rubbish) },
      { name: victim, run: (port) => survive(() => runVictim(port, options, memory)) },
    ],
  };
}

function writeRubbish(port: ExplorerPort, rubbish: readonly Rubbish[]): void {
  for (const { at, widthBytes, value } of rubbish) {
    if (widthBytes === 4) port.store32(at, value);
    else port.store16(at, value);
  }
}

/** Returns what became of the victim: `worked`, or the code of its refusal. */
function survive(run: () => void): string {
  try {
    run();
    return 'worked';
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    return error.code;
  }
}

function runVictim(port: ExplorerPort, options: HostileProgramOptions, memory: RingMemory): void {
  if (options.victim === 'device') runDevice(port, options, memory);
  else runDriver(port, options, memory);
}

function runDriver(port: ExplorerPort, options: HostileProgramOptions, memory: RingMemory): void {
  const queue = postOne(port, options, memory);
  let back = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    if (queue.getBuf() === undefined) continue;
    back += 1;
    assert(back === 1, 'the one buffer came back twice');
    assert(
      queue.usedLength <= WORD_BYTES,
      '% bytes came back in a buffer of %',
      queue.usedLength,
      WORD_BYTES,
    );
  }
}

function postOne(port: MemoryPort, options: HostileProgramOptions, memory: RingMemory): DriverQueue<number> {
  const { layout } = options;
  const notifier = bellNotifier(port, memory.kick);
  const queue = driverQueue<number>(layout, port, memory.ring, queueOptions(options), notifier, null);
  const at = memory.buffer(0);
  const list = new ScatterList().addReadable(at, WORD_BYTES).addWritable(at + WORD_BYTES, WORD_BYTES);
  queue.addBuf(list, 0);
  queue.kick();
  return queue;
}

function runDevice(port: ExplorerPort, options: HostileProgramOptions, memory: RingMemory): void {
  const notifier = bellNotifier(port, memory.interrupt);
  const queue = deviceQueue(options.layout, port, memory.ring, queueOptions(options), notifier);
  const chains: Chain[] = [];
  // All are kept until the end: the same buffer must not be taken twice.
  for (let turn = 0; turn < TURNS; turn++) {
    const chain = new Chain();
    if (!queue.pop(chain)) continue;
    use(port, options, memory, chain);
    chains.push(chain);
  }
  for (const chain of chains) queue.push(chain, 0);
  queue.interrupt();
}

function use(port: MemoryPort, options: HostileProgramOptions, memory: RingMemory, chain: Chain): void {
  const { buffers } = chain;
  for (let i = 0; i < buffers.count; i++) {
    const { address, lengthBytes } = rangeOf(port, options, memory, chain, i);
    const isInMemory = address + lengthBytes <= port.sizeBytes;
    assert(isInMemory, 'the device is about to use % bytes at 0x%', lengthBytes, address.toString(16));
    if (buffers.isWritable(i) && lengthBytes === WORD_BYTES) port.store32(address, buffers.count);
  }
}

/** The range that a device goes by: what it found when it took the buffer, unless it is careless. */
function rangeOf(
  port: MemoryPort,
  { readsTwice }: HostileProgramOptions,
  { ring }: RingMemory,
  { buffers }: Chain,
  i: number,
): { address: number; lengthBytes: number } {
  if (!readsTwice) return { address: buffers.address(i), lengthBytes: buffers.length(i) };
  // Address and length are at the same place in the descriptors of both layouts.
  const desc = ring.desc + i * DESC_BYTES;
  const address = port.load32(desc) + port.load32(desc + 4) * 0x1_0000_0000;
  return { address, lengthBytes: port.load32(desc + 8) };
}

function queueOptions({ eventIdx }: HostileProgramOptions): QueueOptions {
  return { size: SIZE, eventIdx, indirect: false, inOrder: false, startIndex: 0 };
}
