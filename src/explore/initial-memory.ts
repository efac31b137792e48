import { SharedMemory } from '../memory/shared-memory.js';
import type { Program } from './program.js';

/** What the threads of a program find in memory. */
export function initialMemory(program: Program): Uint8Array {
  const memory = SharedMemory.ofSize(Math.ceil(program.memoryBytes / 8) * 8);
  program.setup?.(memory);
  const bytes = new Uint8Array(program.memoryBytes);
  memory.copyOut(0, bytes, 0, bytes.length);
  return bytes;
}
