import { assert } from '../assert.js';
import type { SharedMemory } from '../memory/shared-memory.js';
import type { Rng } from '../rng.js';
import type { BackendPlan } from '../scenario/plan.js';
import type { Backend } from './backend.js';
import { FaultyBackend } from './faulty-backend.js';
import { FileBackend } from './file-backend.js';
import { openImage } from './image-file.js';
import { MemoryBackend } from './memory-backend.js';

/**
 * The backend that a plan describes, for one thread. `disk` is the memory that all threads share when the
 * plan says `memory`, and null otherwise; `rng` decides which calls fail.
 */
export function openBackend(plan: BackendPlan, disk: SharedMemory | null, rng: Rng): Backend {
  const backend =
    plan.kind === 'file'
      ? openFile(plan.path, plan.readOnly)
      : openMemory(disk, plan.sizeBytes, plan.readOnly);
  return plan.faults.length === 0 ? backend : new FaultyBackend(backend, plan.faults, rng);
}

function openFile(path: string, readOnly: boolean): Backend {
  return new FileBackend(openImage(path, readOnly), readOnly);
}

function openMemory(disk: SharedMemory | null, sizeBytes: number, readOnly: boolean): Backend {
  assert(disk !== null, 'a backend in memory needs the memory');
  assert(
    disk.sizeBytes === sizeBytes,
    'the disk has % bytes where the plan says %',
    disk.sizeBytes,
    sizeBytes,
  );
  return new MemoryBackend(disk, readOnly);
}
