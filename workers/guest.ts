import { GuestThread } from '../src/machine/guest-thread.js';
import { serve } from '../src/machine/rpc.js';
import type { GuestApi } from '../src/machine/thread-config.js';

const api: GuestApi = { run: (config) => new GuestThread(config).run() };

serve(api);
