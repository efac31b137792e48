import type { DmaStep } from '../dma/dma-trace.js';

/** A call path as a tree, a call on each line and what happened within indented below it. */
export function dmaTree(steps: readonly DmaStep[], indent = ''): string[] {
  return steps.flatMap((step, i) => {
    const isLast = i === steps.length - 1;
    const [branch, below] = isLast ? ['└─ ', '   '] : ['├─ ', '│  '];
    return [`${indent}${branch}${step.text}`, ...dmaTree(step.steps, indent + below)];
  });
}
