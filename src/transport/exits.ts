import { LivenessError } from '../errors.js';
import type { Doorbell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import type { DeviceWindow } from './window.js';

/** A vCPU's mailbox: `request` counts the accesses it asked for, `reply` those that the host has answered. */
const Mailbox = { request: 0, write: 8, offset: 12, width: 16, value: 20, reply: 64 } as const;

/** How long a waiting vCPU sleeps before it looks whether the machine is being torn down. */
const PATIENCE_MS = 50;

/** The guest's way to a register: like a VM exit, it blocks the vCPU until the host has done the access. */
export class ExitChannel {
  private readonly port: MemoryPort;
  private readonly mailbox: number;
  private readonly hostBell: Doorbell;
  private readonly isAborted: () => boolean;

  constructor(window: DeviceWindow, vcpu: number, isAborted: () => boolean) {
    this.port = window.port;
    this.mailbox = window.exitAddress(vcpu);
    this.hostBell = window.kickBell(0);
    this.isAborted = isAborted;
  }

  read(offset: number, widthBytes: number): number {
    return this.exit(false, offset, widthBytes, 0);
  }

  write(offset: number, widthBytes: number, value: number): void {
    this.exit(true, offset, widthBytes, value);
  }

  private exit(write: boolean, offset: number, widthBytes: number, value: number): number {
    const port = this.port;
    const at = this.mailbox;
    port.store32(at + Mailbox.write, write ? 1 : 0);
    port.store32(at + Mailbox.offset, offset);
    port.store32(at + Mailbox.width, widthBytes);
    port.store32(at + Mailbox.value, value >>> 0);
    const answered = port.load32Acquire(at + Mailbox.reply);
    port.store32Release(at + Mailbox.request, (answered + 1) >>> 0);
    this.hostBell.ring();
    while (port.load32Acquire(at + Mailbox.reply) === answered) {
      if (this.isAborted()) {
        throw new LivenessError(
          'EXIT_ABANDONED',
          'the machine was stopped while a register access was waiting',
          {
            offset,
          },
        );
      }
      port.wait32(at + Mailbox.reply, answered, PATIENCE_MS);
    }
    return port.load32(at + Mailbox.value);
  }
}

/** What answers register accesses. */
export interface RegisterFile {
  read(offset: number, widthBytes: number): number;
  write(offset: number, widthBytes: number, value: number): void;
}

/** The registers of a device, whatever transport they belong to. */
export interface DeviceRegisters extends RegisterFile {
  /** Replaces the configuration, and tells a driver that is live. */
  updateConfig(config: Uint8Array): void;
  /** To be called once a turn: finishes a reset, and stops every queue of a device that needs one. */
  poll(): void;
}

/** The host's end of all {@link ExitChannel}s. */
export class ExitServer {
  private readonly window: DeviceWindow;
  private readonly registers: RegisterFile;
  private readonly vcpuCount: number;

  constructor(window: DeviceWindow, registers: RegisterFile, vcpuCount: number) {
    this.window = window;
    this.registers = registers;
    this.vcpuCount = vcpuCount;
  }

  /** Answers the accesses that are waiting; true when there were any. */
  serve(): boolean {
    let served = false;
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++)
      served = this.serveOne(this.window.exitAddress(vcpu)) || served;
    return served;
  }

  hasWork(): boolean {
    for (let vcpu = 0; vcpu < this.vcpuCount; vcpu++)
      if (this.isWaiting(this.window.exitAddress(vcpu))) return true;
    return false;
  }

  private isWaiting(at: number): boolean {
    const { port } = this.window;
    return port.load32Acquire(at + Mailbox.request) !== port.load32Acquire(at + Mailbox.reply);
  }

  private serveOne(at: number): boolean {
    const { port } = this.window;
    if (!this.isWaiting(at)) return false;
    const request = port.load32Acquire(at + Mailbox.request);
    const offset = port.load32(at + Mailbox.offset);
    const width = port.load32(at + Mailbox.width);
    if (port.load32(at + Mailbox.write) === 1) {
      this.registers.write(offset, width, port.load32(at + Mailbox.value));
    } else {
      port.store32(at + Mailbox.value, this.registers.read(offset, width));
    }
    port.store32Release(at + Mailbox.reply, request);
    port.notify32(at + Mailbox.reply);
    return true;
  }
}
