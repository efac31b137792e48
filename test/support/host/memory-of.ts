import { SharedMemory } from '../../../src/memory/shared-memory.js';

/** Memory that holds just these bytes, or that many zeros. */
export function memoryOf(content: Uint8Array | number): SharedMemory {
  if (typeof content === 'number') return SharedMemory.ofSize(content);
  const memory = SharedMemory.ofSize(content.length);
  memory.copyIn(0, content, 0, content.length);
  return memory;
}
