import type { BenchApi } from '../src/bench/ring/bench-thread.js';
import { RingGuest } from '../src/bench/ring/ring-guest.js';
import { RingHost } from '../src/bench/ring/ring-host.js';
import { serve } from '../src/machine/rpc.js';

const api: BenchApi = {
  guest: (config) => new RingGuest(config).run(),
  host: (config) => new RingHost(config).run(),
};

serve(api);
