import { serve } from '../../../dist/src/machine/rpc.js';
import { runStressGuest } from '../../../dist/src/stress/stress-guest.js';
import { runStressHost } from '../../../dist/src/stress/stress-host.js';

// The threads of a stress with one thing broken, which the environment names: `guest.fence`.
const [brokenSide, brokenThing] = (process.env['VRING_WEAKENED'] ?? '').split('.');

const WEAKENED = {
  // No full barrier at all.
  fence: (port) => over(port, { fence: () => undefined }),
  // What publishes orders nothing.
  release: (port) => over(port, { store16Release: (at, value) => port.store16Relaxed(at, value) }),
  // What looks orders nothing.
  acquire: (port) => over(port, { load16Acquire: (at) => port.load16Relaxed(at) }),
  // Every so often a payload word is lost.
  payload: (port) => {
    let count = 0;
    return over(port, { store32: (at, value) => port.store32(at, ++count % 5000 === 0 ? value ^ 1 : value) });
  },
  exit: (port) => {
    let count = 0;
    return over(port, { fence: () => (++count === 300 ? process.exit(3) : port.fence()) });
  },
};

function over(port, methods) {
  const all = [
    'load8',
    'load16',
    'load32',
    'store8',
    'store16',
    'store32',
    'load16Relaxed',
    'store16Relaxed',
  ];
  all.push('load16Acquire', 'store16Release', 'load32Acquire', 'store32Release', 'fence');
  const whole = { sizeBytes: port.sizeBytes, barriers: port.barriers };
  for (const name of all) whole[name] = (...values) => port[name](...values);
  return { ...whole, ...methods };
}

const weaken = (side) => (side === brokenSide ? WEAKENED[brokenThing] : (port) => port);

serve({
  guest: (config) => runStressGuest(config, weaken('guest')),
  host: (config) => runStressHost(config, weaken('host')),
});
