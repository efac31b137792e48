import { describe, expect, it } from 'vitest';
import { Explorer } from '../../../src/explore/explorer.js';
import type { Finding } from '../../../src/explore/failure.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import type { ExplorerPort } from '../../../src/explore/port.js';
import { Order } from '../../../src/explore/order.js';
import type { Program } from '../../../src/explore/program.js';

const X = 64;
const Y = 68;

function programOf(...runs: ((port: ExplorerPort) => unknown)[]): Program {
  return {
    name: 'test',
    memoryBytes: 4096,
    threads: runs.map((run, i) => ({ name: `thread ${i}`, run })),
  };
}

function explore(program: Program, profile: ProfileName = 'sc'): { explorer: Explorer; findings: Finding[] } {
  const findings: Finding[] = [];
  const explorer = new Explorer(program, memoryModel(profile, program.threads.length), {
    onFinding: (finding) => {
      findings.push(finding);
      return false;
    },
  });
  explorer.run();
  return { explorer, findings };
}

/** Makes thread 1 run more than once: thread 0 stores behind its load. */
const storeX = (port: ExplorerPort): void => port.store32Release(X, 1);

describe('what an explored thread may not do', () => {
  it('tells the access at which a thread did something else when it was run again', () => {
    let runs = 0;
    const program = programOf(storeX, (port) => {
      runs += 1;
      if (runs > 1) port.store32Release(Y, 1);
      port.load32Acquire(X);
    });
    expect(() => explore(program)).toThrow(/thread 1 is not deterministic: its access 0 was a read at 0x40/);
  });

  it('runs finished threads twice, to see what no graph shows', () => {
    let runs = 0;
    const program = programOf(storeX, (port) => {
      port.load32Acquire(X);
      runs += 1;
      if (runs > 1) port.store32Release(Y, 1);
    });
    expect(() => explore(program)).toThrow(
      /run again with the same reads, it makes a further access, number 1/,
    );
  });

  it('notices that threads share something besides memory', () => {
    let shared = 0;
    const program = programOf(
      (port) => {
        shared = port.load32Acquire(X);
      },
      (port) => port.store32Release(X, shared === 1 ? 2 : 1),
    );
    expect(() => explore(program)).toThrow(/thread 1 is not deterministic/);
  });

  it('tells when another value is stored than before', () => {
    let runs = 0;
    const program = programOf(storeX, (port) => {
      port.store32Release(Y, ++runs);
      port.load32Acquire(X);
    });
    expect(() => explore(program)).toThrow(/a store of 2 when the thread is run again/);
  });

  it('tells when a thread ends earlier than before', () => {
    let runs = 0;
    const program = programOf(storeX, (port) => {
      if (++runs > 1) return;
      port.load32Acquire(X);
    });
    expect(() => explore(program)).toThrow(/is the end when the thread is run again/);
  });

  it('notices a thread that catches what suspends it, and goes on', () => {
    const program = programOf((port) => {
      try {
        port.wait32(X, 0, Infinity);
      } catch {
        // Swallowed.
      }
    });
    expect(() => explore(program)).toThrow(/thread 0 caught what suspends it/);
  });

  it('notices a thread that throws something else instead of what suspends it', () => {
    const program = programOf((port) => {
      try {
        port.wait32(X, 0, Infinity);
      } catch {
        throw new Error('of its own');
      }
    });
    expect(() => explore(program)).toThrow(/thread 0 caught what suspends it/);
  });

  it('refuses two sizes for the same bytes, and names both', () => {
    const program = programOf(
      (port) => port.store32Release(X, 1),
      (port) => port.load16Acquire(X + 2),
    );
    const { findings } = explore(program);
    expect(findings[0]?.message).toContain('2 bytes at 0x42 are accessed, and elsewhere 4 bytes at 0x40');
  });

  it('refuses a view of memory, in which it could see no access', () => {
    expect(() => explore(programOf((port) => port.bytes(X, 4)))).toThrow(/hands out memory/);
  });

  it('refuses an access outside of the memory', () => {
    const { findings } = explore(programOf((port) => port.load32(1 << 20)));
    expect(findings[0]?.message).toContain('leaves the memory of 4096 bytes');
  });

  it('reports a loop without end as bounded, never as complete', () => {
    const program = programOf((port) => {
      while (port.load32Acquire(X) === 0);
    });
    const explorer = new Explorer(program, memoryModel('sc', 1), { onFinding: () => false, maxEvents: 50 });
    explorer.run();
    expect(explorer.counts).toEqual({ complete: 0, blocked: 0, bounded: 1, failed: 0 });
  });
});

describe('what threads see', () => {
  it('finds what the set-up wrote, in every size', () => {
    const program: Program = {
      ...programOf((port) => {
        const bytes = new Uint8Array(8);
        port.copyOut(128, bytes, 0, 8);
        return [port.load8(X), port.load16(Y), port.load32(96), ...bytes];
      }),
      setup: (port) => {
        port.store8(X, 0xab);
        port.store16(Y, 0xcdef);
        port.store32(96, 0xfedcba98);
        port.copyIn(128, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 0, 8);
      },
      check: ([seen]) => expect(seen).toEqual([0xab, 0xcdef, 0xfedcba98, 1, 2, 3, 4, 5, 6, 7, 8]),
    };
    expect(explore(program).findings).toEqual([]);
  });

  it('hands a payload over whole: one event, however long', () => {
    const sent = Uint8Array.from({ length: 100 }, (_, i) => i);
    const program: Program = {
      ...programOf(
        (port) => {
          port.copyIn(256, sent, 0, 100);
          port.store32Release(X, 1);
        },
        (port) => {
          if (port.load32Acquire(X) === 0) return null;
          const received = new Uint8Array(100);
          port.copyOut(256, received, 0, 100);
          return received;
        },
      ),
      check: ([, received]) => {
        if (received !== null) expect(received).toEqual(sent);
      },
    };
    for (const profile of ['sc', 'rc11', 'js'] as const) {
      const { explorer, findings } = explore(program, profile);
      expect(findings).toEqual([]);
      expect(explorer.counts.complete).toBe(2);
    }
  });

  it('gives read-modify-writes their old value, each a different one', () => {
    const add = (port: ExplorerPort): number => port.add32(X, 1);
    const program: Program = {
      ...programOf(add, add, add),
      check: (results) => expect((results as number[]).toSorted((a, b) => a - b)).toEqual([0, 1, 2]),
    };
    const { explorer, findings } = explore(program);
    expect(findings).toEqual([]);
    expect(explorer.counts.complete).toBe(6);
  });

  it('keeps or32 and and32 in 32 unsigned bits', () => {
    const program: Program = {
      ...programOf((port) => {
        port.or32(X, 0x80000001);
        port.and32(X, 0x80000000);
        return port.load32Acquire(X);
      }),
      check: ([value]) => expect(value).toBe(0x80000000),
    };
    expect(explore(program).findings).toEqual([]);
  });
});

describe('sleeping', () => {
  const sleep = (port: ExplorerPort): void => void port.wait32(X, 0, Infinity);

  it('finds nothing wrong with a sleeper that is woken', () => {
    const program = programOf(sleep, (port) => {
      port.add32(X, 1);
      port.notify32(X);
    });
    const { explorer, findings } = explore(program);
    expect(findings).toEqual([]);
    expect(explorer.counts).toEqual({ complete: 1, blocked: 1, bounded: 0, failed: 0 });
  });

  it('finds the sleeper that nobody wakes', () => {
    const { findings } = explore(programOf(sleep, () => undefined));
    expect(findings).toMatchObject([
      { kind: 'lost-wakeup', message: 'thread 0 sleeps, and nobody is left to end that' },
    ]);
  });

  it('finds a change that is not notified, although the word changes', () => {
    const { findings } = explore(programOf(sleep, (port) => void port.add32(X, 1)));
    expect(findings[0]).toMatchObject({ kind: 'lost-wakeup', thread: 0 });
    expect(findings[0]?.message).toContain('is not notified of it');
  });

  it('finds a notification in front of the change that it is about', () => {
    const program = programOf(sleep, (port) => {
      port.notify32(X);
      port.add32(X, 1);
    });
    expect(explore(program).findings[0]).toMatchObject({ kind: 'lost-wakeup' });
  });

  it('says nothing of a change that was there before the sleep, notified or not', () => {
    const program = programOf(
      (port) => {
        if (port.load32Acquire(Y) === 1) sleep(port);
      },
      (port) => {
        port.add32(X, 1);
        port.store32Release(Y, 1);
      },
    );
    expect(explore(program).findings).toEqual([]);
  });
});

describe('races', () => {
  it('finds a plain store beside a plain load, in C11 and in JavaScript, and not on machines', () => {
    const program = programOf(
      (port) => port.store32(X, 1),
      (port) => port.load32(X),
    );
    for (const profile of ['rc11', 'js'] as const) {
      expect(explore(program, profile).findings[0]?.kind).toBe('race');
    }
    for (const profile of ['sc', 'tso', 'armv8'] as const)
      expect(explore(program, profile).findings).toEqual([]);
  });

  it('finds none between accesses that a release and an acquire order', () => {
    const program = programOf(
      (port) => {
        port.store32(X, 1);
        port.store32Release(Y, 1);
      },
      (port) => (port.load32Acquire(Y) === 1 ? port.load32(X) : null),
    );
    for (const profile of ['rc11', 'js'] as const) expect(explore(program, profile).findings).toEqual([]);
  });

  it('does not take a barrier between writes for one between a read and a write', () => {
    // The reader of a payload hands it back; its owner writes it anew.
    const handBack = (barrier: number) =>
      programOf(
        (port) => {
          port.load32(X);
          port.fenceOrdered(barrier);
          port.store32Ordered(Y, 1, Order.relaxed);
        },
        (port) => {
          if (port.load32Acquire(Y) === 1) port.store32(X, 2);
        },
      );
    expect(explore(handBack(Order.writes), 'rc11').findings[0]?.kind).toBe('race');
    expect(explore(handBack(Order.full), 'rc11').findings).toEqual([]);
    // A payload that was written is handed over all the same.
    const handOver = programOf(
      (port) => {
        port.store32(X, 1);
        port.fenceOrdered(Order.writes);
        port.store32Ordered(Y, 1, Order.relaxed);
      },
      (port) => {
        if (port.load32Acquire(Y) === 1) port.store32(X, 2);
      },
    );
    expect(explore(handOver, 'rc11').findings).toEqual([]);
  });

  it('takes a fence for an order in C11, and for none in JavaScript', () => {
    const program = programOf(
      (port) => {
        port.store32(X, 1);
        port.fence();
        port.store16Relaxed(Y, 1);
      },
      (port) => {
        if (port.load16Relaxed(Y) === 0) return;
        port.fence();
        port.load32(X);
      },
    );
    expect(explore(program, 'rc11').findings).toEqual([]);
    // Deployed, the two accesses to Y are Atomics and order everything by themselves.
    expect(explore(program, 'js').findings).toEqual([]);
  });
});
