import { HostThread } from '../src/machine/host-thread.js';
import { serve } from '../src/machine/rpc.js';
import type { HostApi } from '../src/machine/thread-config.js';

const api: HostApi = { run: (config) => new HostThread(config).run() };

serve(api);
