import { assert } from '../../assert.js';
import { ExitChannel, ExitServer, type RegisterFile } from '../../transport/exits.js';
import { Waiter } from '../../transport/waiter.js';
import { DeviceWindow, WINDOW_BYTES } from '../../transport/window.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { SLEEP } from './requests.js';

export interface ExitsProgramOptions {
  readonly vcpus: number;
  /** Times that each vCPU writes its register and reads it back. */
  readonly rounds: number;
}

/** Width of every access here. */
const WIDTH_BYTES = 4;

/** Registers are accessed by exits: each vCPU sleeps until the thread that serves the registers has answered it. */
export function exitsProgram(options: ExitsProgramOptions): Program {
  const { vcpus, rounds } = options;
  return {
    name: `register accesses of ${vcpus} vCPU${vcpus === 1 ? '' : 's'}`,
    memoryBytes: WINDOW_BYTES,
    threads: [
      ...Array.from({ length: vcpus }, (_, vcpu) => ({
        name: `vcpu${vcpu}`,
        run: (port: ExplorerPort) => runVcpu(port, vcpu, rounds),
      })),
      { name: 'host', run: (port) => runHost(port, options) },
    ],
  };
}

function runVcpu(port: ExplorerPort, vcpu: number, rounds: number): void {
  const exits = new ExitChannel(new DeviceWindow(port), vcpu, () => false);
  const offset = vcpu * WIDTH_BYTES;
  for (let round = 1; round <= rounds; round++) {
    const written = 0x100 * (vcpu + 1) + round;
    exits.write(offset, WIDTH_BYTES, written);
    const read = exits.read(offset, WIDTH_BYTES);
    assert(read === written, 'vCPU % wrote % and read %', vcpu, written, read);
  }
}

/** Ends when all accesses have been answered. */
function runHost(port: ExplorerPort, { vcpus, rounds }: ExitsProgramOptions): void {
  const window = new DeviceWindow(port);
  const registers = new CountingRegisters();
  const server = new ExitServer(window, registers, vcpus);
  const waiter = new Waiter(window.kickBell(0), SLEEP);
  const mailboxes = { arm: () => !server.hasWork(), disarm: () => undefined };
  while (registers.accesses < 2 * vcpus * rounds) if (!server.serve()) waiter.idle(mailboxes);
}

/** One word per offset. */
class CountingRegisters implements RegisterFile {
  accesses = 0;
  private readonly words: Map<number, number> = new Map();

  read(offset: number): number {
    this.accesses += 1;
    return this.words.get(offset) ?? 0;
  }

  write(offset: number, _widthBytes: number, value: number): void {
    this.accesses += 1;
    this.words.set(offset, value);
  }
}
