import type { Doorbell } from '../memory/doorbell.js';
import { InterruptCause } from './status.js';
import type { InterruptLine } from './transport.js';
import type { DeviceWindow } from './window.js';

/**
 * The interrupts of a vCPU on PCI. A message says nothing but that it came, so a vCPU that was rung looks at its
 * queue; whether the configuration has changed too, which the same bell rings for, it knows by the count of changes
 * (virtio 1.4, 4.1.5.4.2, N0359).
 *
 * Without MSI-X all vCPUs share one ISR status, and whoever reads it clears it for all. So it is read only to take the
 * line down, and what it says is not needed: the bell was rung, that is enough to look everywhere.
 */
export class PciInterruptLine implements InterruptLine {
  readonly bell: Doorbell;
  private readonly window: DeviceWindow;
  private readonly takeLineDown: () => void;
  /** From the first interrupt on, so that none is missed before this line is looked at; one too many does no harm. */
  private heardRings = 0;
  private heardChanges = 0;
  /** What {@link pending} saw last: that is acknowledged, and nothing that came in since. */
  private seenRings = 0;
  private seenChanges = 0;

  constructor(window: DeviceWindow, vcpu: number, takeLineDown: () => void) {
    this.bell = window.interruptBell(vcpu);
    this.window = window;
    this.takeLineDown = takeLineDown;
  }

  pending(): number {
    const rings = this.bell.sequence();
    if (rings !== this.seenRings) this.takeLineDown();
    this.seenRings = rings;
    this.seenChanges = this.window.configChanges;
    const used = rings === this.heardRings ? 0 : InterruptCause.usedBuffer;
    const config = this.seenChanges === this.heardChanges ? 0 : InterruptCause.configChange;
    return used | config;
  }

  acknowledge(causes: number): void {
    if ((causes & InterruptCause.usedBuffer) !== 0) this.heardRings = this.seenRings;
    if ((causes & InterruptCause.configChange) !== 0) this.heardChanges = this.seenChanges;
  }
}
