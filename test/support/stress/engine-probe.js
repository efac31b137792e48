import { runInThisContext } from 'node:vm';

// Prints how the engine carries out a function that has been called a hundred times.
function sum(count) {
  let total = 0;
  for (let i = 0; i < count; i++) total += i;
  return total;
}

const TIERS = { optimised: 1 << 6, baseline: 1 << 15, interpreted: 1 << 7 };
const statusOf = runInThisContext('(f) => %GetOptimizationStatus(f)');
const isIn = (tier) => (statusOf(sum) & TIERS[tier]) !== 0;

for (let i = 0; i < 100; i++) sum(10);
// Code is optimised by another thread, and is there at a call soon after.
for (let tries = 0; tries < 100 && !isIn('optimised'); tries++) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  sum(10);
}
process.stdout.write(Object.keys(TIERS).find(isIn) ?? 'unknown');
