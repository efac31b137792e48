import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { MemoryPort } from '../../../src/memory/port.js';

/** Methods that a faulty machine has in place of the port's own, made for one port. */
export type Fault = (port: ExplorerPort) => Partial<MemoryPort>;

/** The same program on a machine with a fault, in all threads or in those that are named. */
export function onFaultyMachine(program: Program, fault: Fault, names?: readonly string[]): Program {
  const threads = program.threads.map((thread) => {
    const isFaulty = names === undefined || names.includes(thread.name);
    return isFaulty
      ? { ...thread, run: (port: ExplorerPort) => thread.run(faultyPort(port, fault)) }
      : thread;
  });
  return { ...program, threads };
}

/** Notifications do not arrive; words change as they should. */
export const DEAF: Fault = () => ({ notify32: () => 0 });

/** `read` is a function that loads words with acquire order; these are their addresses, in order. */
export function addressesLoaded(sizeBytes: number, read: (port: MemoryPort) => void): number[] {
  const memory = SharedMemory.ofSize(sizeBytes);
  const addresses: number[] = [];
  const load32Acquire = (address: number): number => {
    addresses.push(address);
    return memory.load32Acquire(address);
  };
  read(replaced(memory, { load32Acquire }));
  return addresses;
}

function faultyPort(port: ExplorerPort, fault: Fault): ExplorerPort {
  return replaced(port, fault(port));
}

function replaced<Port extends object>(port: Port, methods: Partial<MemoryPort>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}
