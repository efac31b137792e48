// Removes the compiler's output, so that a renamed or deleted source file leaves nothing behind to import.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
