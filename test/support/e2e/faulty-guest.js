import { Verifier } from '../../../dist/src/workload/verifier.js';

// The guest's thread, with a verifier that has a bug of its own.
const { check } = Verifier.prototype;
let calls = 0;

Verifier.prototype.check = function faulty(...values) {
  calls += 1;
  if (calls > 1000) throw new TypeError('a deliberate exception');
  check.apply(this, values);
};

await import('../../../dist/workers/guest.js');
