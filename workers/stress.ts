import { serve } from '../src/machine/rpc.js';
import { runStressGuest } from '../src/stress/stress-guest.js';
import { runStressHost } from '../src/stress/stress-host.js';
import type { StressApi } from '../src/stress/stress-thread.js';

const api: StressApi = {
  guest: (config) => runStressGuest(config),
  host: (config) => runStressHost(config),
};

serve(api);
