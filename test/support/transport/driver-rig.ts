import { ExitChannel, ExitServer, type RegisterFile } from '../../../src/transport/exits.js';
import { MmioDriver } from '../../../src/transport/mmio-driver.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { DeviceWindow } from '../../../src/transport/window.js';
import { CooperativeMemory } from './cooperative-memory.js';
import { RegisterRig, type RegisterRigOptions } from './register-rig.js';

/** A register access as the device got it. */
export interface Access {
  readonly kind: 'read' | 'write';
  readonly offset: number;
  readonly widthBytes: number;
  /** What was written, or what the read returned. */
  readonly value: number;
}

/** Passes accesses on, and keeps them. `onAccess` runs behind each. */
export class RegisterLog implements RegisterFile {
  readonly accesses: Access[] = [];
  onAccess: (access: Access) => void = () => undefined;
  private readonly registers: RegisterFile;

  constructor(registers: RegisterFile) {
    this.registers = registers;
  }

  read(offset: number, widthBytes: number): number {
    const value = this.registers.read(offset, widthBytes);
    this.keep({ kind: 'read', offset, widthBytes, value });
    return value;
  }

  write(offset: number, widthBytes: number, value: number): void {
    this.registers.write(offset, widthBytes, value);
    this.keep({ kind: 'write', offset, widthBytes, value });
  }

  /** The values written to a register, in order. */
  written(offset: number): number[] {
    return this.accesses.filter((a) => a.kind === 'write' && a.offset === offset).map((a) => a.value);
  }

  /** `write status 3`, for comparisons that are to be read. */
  get lines(): string[] {
    return this.accesses.map(({ kind, offset, value }) => `${kind} ${nameOf(offset)} ${value}`);
  }

  private keep(access: Access): void {
    this.accesses.push(access);
    this.onAccess(access);
  }
}

/** The real driver of the transport over a real register file: while a vCPU waits for its exit, the host works. */
export class DriverRig extends RegisterRig {
  readonly log: RegisterLog = new RegisterLog(this.device);
  readonly guestMemory: CooperativeMemory = new CooperativeMemory(this.memory.buffer);
  readonly driver: MmioDriver;
  /** Turns that queues take to stop: how often their threads look away first. */
  slowness = 0;

  constructor(options: RegisterRigOptions = {}) {
    super(options);
    const window = new DeviceWindow(this.guestMemory);
    const server = new ExitServer(this.window, this.log, this.model.queueCount);
    this.driver = new MmioDriver(window, new ExitChannel(window, 0, () => false));
    this.guestMemory.whenAsleep(() => {
      const served = server.serve();
      this.device.poll();
      if (this.slowness === 0) return this.settle() || served;
      this.slowness -= 1;
      return true;
    });
  }
}

const NAMES = new Map<number, string>(Object.entries(Mmio).map(([name, offset]) => [offset, name]));

function nameOf(offset: number): string {
  if (offset >= Mmio.config) return `config+${offset - Mmio.config}`;
  return NAMES.get(offset) ?? `0x${offset.toString(16)}`;
}
