// A program that is another one each time a thread of it is run.
let runs = 0;

export const program = {
  name: 'forgetful',
  memoryBytes: 64,
  threads: [0, 1].map((t) => ({
    name: `thread ${t}`,
    run: (port) => {
      for (let i = 0; i < 3; i++) port.store32Release(4 * t, ++runs);
    },
  })),
};
