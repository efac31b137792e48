import { Conservation } from '../../../dist/src/checkers/conservation.js';
import { Stamp } from '../../../dist/src/checkers/stamp.js';
import { serve } from '../../../dist/src/machine/rpc.js';
import { FaultyNotifier } from '../../../dist/src/stress/faulty-notifier.js';
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
  throw: (port) => over(port, { fence: after(300, fail, () => port.fence()) }),
};

/** What is not done through the port; called once in the thread. */
const BROKEN = {
  // Not the thread alone, but its process with it.
  kill: () => process.kill(process.pid, 'SIGKILL'),
  // The thread is there, and does nothing.
  hang: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  // A checker has a bug of its own.
  checker: () => {
    const { returned } = Conservation.prototype;
    Conservation.prototype.returned = after(500, fail, returned);
  },
  // Every so often the payload is that of another buffer.
  stamp: () => {
    const { begin } = Stamp.prototype;
    let count = 0;
    Stamp.prototype.begin = function wrong(salt, number) {
      begin.call(this, salt, ++count % 1000 === 0 ? number + 1 : number);
    };
  },
  // From some moment on nobody is told of anything.
  mute: () => {
    const { notify, turn } = FaultyNotifier.prototype;
    const quiet = () => undefined;
    FaultyNotifier.prototype.notify = after(100, quiet, notify);
    FaultyNotifier.prototype.turn = after(1000, quiet, turn);
    FaultyNotifier.prototype.flush = quiet;
  },
};

function fail() {
  throw new TypeError('a deliberate exception');
}

/** The first `count` calls are those of `method`, all others those of `other`. */
function after(count, other, method) {
  let calls = 0;
  return function counted(...values) {
    calls += 1;
    return (calls > count ? other : method).apply(this, values);
  };
}

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

function weaken(side) {
  if (side !== brokenSide) return (port) => port;
  BROKEN[brokenThing]?.();
  return WEAKENED[brokenThing] ?? ((port) => port);
}

serve({
  guest: (config) => runStressGuest(config, weaken('guest')),
  host: (config) => runStressHost(config, weaken('host')),
});
