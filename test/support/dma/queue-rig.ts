import nodeAssert from 'node:assert/strict';
import type { CheckedDma } from '../../../src/dma/checked-dma.js';
import type { DmaDirection } from '../../../src/dma/direction.js';
import type { CoherentMemory, DmaApi } from '../../../src/dma/dma-api.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { DmaDriver } from '../../../src/virtqueue/dma-driver.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import {
  deviceQueue,
  driverQueue,
  initRing,
  type RingLayout,
  ringParts,
} from '../../../src/virtqueue/layouts.js';
import type { DeviceQueue, QueueOptions } from '../../../src/virtqueue/queue.js';
import { CountingNotifier } from '../ring/rig.js';
import { checkedDma, type DmaRig, dmaRig, type DmaRigOptions } from './dma-rig.js';

/** One call of the DMA API. */
export interface DmaCall {
  readonly call: 'map' | 'unmap';
  /** Of the buffer for a map, of the bounce for its end. */
  readonly address: number;
  readonly sizeBytes: number;
  readonly direction: DmaDirection;
}

/** Passes everything on, for a test to change a part of it. */
export class PassingDma implements DmaApi {
  private readonly api: DmaApi;

  constructor(api: DmaApi) {
    this.api = api;
  }

  get maxMappingBytes(): number {
    return this.api.maxMappingBytes;
  }

  map(address: number, sizeBytes: number, direction: DmaDirection): number {
    return this.api.map(address, sizeBytes, direction);
  }

  unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.api.unmap(busAddress, sizeBytes, direction);
  }

  syncForCpu(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.api.syncForCpu(busAddress, sizeBytes, direction);
  }

  syncForDevice(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.api.syncForDevice(busAddress, sizeBytes, direction);
  }

  allocCoherent(sizeBytes: number): CoherentMemory | null {
    return this.api.allocCoherent(sizeBytes);
  }

  freeCoherent(memory: CoherentMemory): void {
    this.api.freeCoherent(memory);
  }
}

/** Passes everything on, and writes down what was mapped and ended. */
class RecordingDma extends PassingDma {
  readonly calls: DmaCall[] = [];

  override map(address: number, sizeBytes: number, direction: DmaDirection): number {
    this.calls.push({ call: 'map', address, sizeBytes, direction });
    return super.map(address, sizeBytes, direction);
  }

  override unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.calls.push({ call: 'unmap', address: busAddress, sizeBytes, direction });
    super.unmap(busAddress, sizeBytes, direction);
  }
}

export interface QueueRigOptions extends DmaRigOptions {
  readonly layout: RingLayout;
  /** Two ranges or more go into an indirect table. */
  readonly indirect?: boolean;
  readonly size?: number;
  readonly inOrder?: boolean;
  /** Whether tables go through the DMA API, as they must. */
  readonly isTableMapped?: boolean;
  /** What the driver is given in place of the DMA API. */
  readonly wrapDma?: (api: DmaApi) => DmaApi;
}

/** Both ends of a queue in an encrypted guest: the driver's over the DMA API, the device's over what the host sees. */
export interface QueueRig extends DmaRig {
  readonly driver: DmaDriver<number>;
  readonly device: DeviceQueue;
  readonly checked: CheckedDma;
  readonly calls: DmaCall[];
  readonly kicks: CountingNotifier;
}

export function queueRig(options: QueueRigOptions): QueueRig {
  const { layout, indirect = false, wrapDma = (api) => api } = options;
  const rig = dmaRig({ encrypted: true, ...options });
  const checked = checkedDma(rig);
  const recording = new RecordingDma(checked);
  const api = wrapDma(recording);
  const queueOptions: QueueOptions = {
    size: options.size ?? 8,
    eventIdx: false,
    indirect,
    inOrder: options.inOrder ?? false,
    startIndex: 0,
  };
  const parts = ringParts(layout, queueOptions.size);
  const place = ({ sizeBytes }: { sizeBytes: number }) => {
    const memory = api.allocCoherent(sizeBytes);
    nodeAssert.ok(memory !== null, 'no pages for the ring');
    return memory.address;
  };
  const at = { desc: place(parts.desc), driver: place(parts.driver), device: place(parts.device) };
  initRing(layout, rig.ram, queueOptions.size, at, 0);
  const tables = new IndirectTables(rig.allocator, options.isTableMapped === false ? null : api);
  const use = indirect ? { tables, directCount: 0 } : null;
  const kicks = new CountingNotifier();
  const ring = driverQueue<number>(layout, rig.ram, at, queueOptions, kicks, use);
  return {
    ...rig,
    driver: new DmaDriver<number>(ring, api),
    device: deviceQueue(layout, rig.host, at, queueOptions, new CountingNotifier()),
    checked,
    calls: recording.calls,
    kicks,
  };
}

/** The buffer that the device finds next. */
export function popChain(rig: QueueRig): Chain {
  const chain = new Chain();
  nodeAssert.ok(rig.device.pop(chain), 'no buffer is available');
  return chain;
}

/** What the device reads of a buffer, as the host sees it. */
export function deviceReads(rig: QueueRig, { buffers }: Chain): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < buffers.readableCount; i++)
    bytes.push(...rig.host.bytes(buffers.address(i), buffers.length(i)));
  return bytes;
}

/** The device writes these bytes to the start of what it may write, and returns the buffer. */
export function deviceReturns(rig: QueueRig, chain: Chain, bytes: Uint8Array): void {
  const { buffers } = chain;
  let written = 0;
  for (let i = buffers.readableCount; i < buffers.count && written < bytes.length; i++) {
    const length = Math.min(buffers.length(i), bytes.length - written);
    rig.host.copyIn(buffers.address(i), bytes, written, length);
    written += length;
  }
  rig.device.push(chain, written);
}
