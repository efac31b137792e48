// The guest's thread, on a machine so busy that its modules take two seconds to load.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);

await import('../../../dist/workers/guest.js');
