import { assert } from '../src/assert.js';
import type { BenchApi } from '../src/bench/ring/bench-thread.js';
import { RingGuest } from '../src/bench/ring/ring-guest.js';
import { RingHost } from '../src/bench/ring/ring-host.js';
import { serve } from '../src/machine/rpc.js';

let guest: RingGuest | null = null;
let host: RingHost | null = null;

const api: BenchApi = {
  startGuest(config) {
    guest = new RingGuest(config);
    guest.warmUp();
  },
  startHost(config) {
    host = new RingHost(config);
    host.warmUp();
  },
  measureGuest() {
    assert(guest !== null, 'this thread was not started as a guest');
    return guest.measure();
  },
  measureHost() {
    assert(host !== null, 'this thread was not started as a host');
    return host.measure();
  },
};

serve(api);
