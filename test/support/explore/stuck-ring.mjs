// A thread that does not come back once it has seen all the others: by a loop without an access, by a catch around
// one, or in the check.
const WRITERS = 3;

export const program = ({ how = 'loop' }) => ({
  name: 'stuck',
  memoryBytes: 64,
  threads: [
    ...Array.from({ length: WRITERS }, (_, t) => ({
      name: `writer ${t}`,
      run: (port) => {
        for (let i = 1; i <= 2; i++) port.store32Release(4 * t, i);
      },
    })),
    { name: 'spinner', run: (port) => spin(port, how) },
  ],
  check: ([, , , seen]) => {
    if (how === 'check' && seen === WRITERS * 2) loop();
  },
});

function spin(port, how) {
  let seen = 0;
  for (let t = WRITERS - 1; t >= 0; t--) seen += port.load32Acquire(4 * t);
  if (how === 'loop' && seen === WRITERS * 2) loop();
  if (how === 'catch') loop(() => port.store32Release(32, seen));
  return seen;
}

function loop(access = () => {}) {
  for (let caught = 0; ;) {
    try {
      access();
    } catch {
      caught += 1;
    }
  }
}
