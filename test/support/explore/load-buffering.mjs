// Each thread reads what the other writes behind its own read.
const X = 64;
const Y = 66;

export const program = {
  name: 'load buffering',
  memoryBytes: 4096,
  threads: [
    { name: 'left', run: (port) => copy(port, X, Y) },
    { name: 'right', run: (port) => copy(port, Y, X) },
  ],
  check: ([left, right]) => {
    if (left === 1 && right === 1) throw new Error('both reads came after what is behind them');
  },
};

function copy(port, from, to) {
  const value = port.load16Relaxed(from);
  port.store16Relaxed(to, 1);
  return value;
}
