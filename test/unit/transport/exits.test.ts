import { describe, expect, test } from 'vitest';
import { LivenessError } from '../../../src/errors.js';
import { ExitChannel, ExitServer, type RegisterFile } from '../../../src/transport/exits.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../src/transport/window.js';
import { CooperativeMemory } from '../../support/transport/cooperative-memory.js';

/** Registers that remember what was written, and one host that answers when a vCPU sleeps. */
class Rig implements RegisterFile {
  readonly memory: CooperativeMemory = new CooperativeMemory(CooperativeMemory.ofSize(WINDOW_BYTES).buffer);
  readonly window: DeviceWindow = new DeviceWindow(this.memory);
  readonly server: ExitServer = new ExitServer(this.window, this, 2);
  readonly values: Map<number, number> = new Map();
  aborted = false;

  read(offset: number, widthBytes: number): number {
    return (this.values.get(offset) ?? 0) % 2 ** (8 * widthBytes);
  }

  write(offset: number, _: number, value: number): void {
    this.values.set(offset, value);
  }

  channel(vcpu: number): ExitChannel {
    return new ExitChannel(this.window, vcpu, () => this.aborted);
  }

  answerWhenAsleep(): this {
    this.memory.whenAsleep(() => this.server.serve());
    return this;
  }
}

describe('an exit', () => {
  test('carries offset, width and value there, and an answer back', () => {
    const rig = new Rig().answerWhenAsleep();
    const channel = rig.channel(0);
    channel.write(0x1f4, 4, 0xfedc_ba98);
    channel.write(0x200, 2, -1);
    expect(channel.read(0x1f4, 4)).toBe(0xfedc_ba98);
    expect(channel.read(0x1f4, 1)).toBe(0x98);
    expect(channel.read(0x200, 4)).toBe(0xffff_ffff);
    expect(channel.read(0x300, 4), 'a read returns no value of before').toBe(0);
  });

  test('rings the bell of the host’s first thread', () => {
    const rig = new Rig().answerWhenAsleep();
    rig.channel(1).read(0, 4);
    expect(rig.window.kickBell(0).sequence()).toBe(1);
    expect(rig.window.kickBell(1).sequence()).toBe(0);
  });

  test('that was answered before the vCPU sleeps needs no sleep', () => {
    const rig = new Rig();
    rig.values.set(4, 99);
    const bell = rig.window.kickBell(0);
    // The host runs as soon as the bell rings, as a second processor might.
    const serve = rig.server.serve.bind(rig.server);
    const memory = rig.memory as { notify32(address: number): number };
    memory.notify32 = () => (serve() ? 1 : 0);
    expect(rig.channel(0).read(4, 4)).toBe(99);
    expect(bell.sequence()).toBe(1);
    expect(rig.memory.sleeps).toBe(0);
  });

  test('counts on across 2^32', () => {
    const rig = new Rig().answerWhenAsleep();
    const at = rig.window.exitAddress(0);
    rig.memory.store32(at, 0xffff_ffff);
    rig.memory.store32(at + 64, 0xffff_ffff);
    expect(rig.server.hasWork()).toBe(false);
    for (const value of [11, 12, 13]) {
      rig.values.set(8, value);
      expect(rig.channel(0).read(8, 4)).toBe(value);
    }
  });

  test('is abandoned when the machine is stopped, and not before', () => {
    const rig = new Rig();
    let looks = 0;
    rig.memory.whenAsleep(() => {
      rig.aborted = ++looks === 3;
      return false;
    });
    const read = (): number => rig.channel(0).read(0x70, 4);
    expect(read).toThrow(LivenessError);
    expect(looks).toBe(3);
    expect(read).toThrow(
      expect.objectContaining({ code: 'EXIT_ABANDONED', fields: { offset: 0x70 } }) as Error,
    );
  });
});

describe('the host', () => {
  test('has no work while nobody waits', () => {
    const { server } = new Rig();
    expect(server.hasWork()).toBe(false);
    expect(server.serve()).toBe(false);
  });

  test('answers all vCPUs that wait in one turn, each with its own', () => {
    const rig = new Rig();
    const answers: number[] = [];
    rig.values.set(4, 40).set(8, 80);
    let turns = 0;
    rig.memory.whenAsleep(() => {
      // While the first vCPU waits, the second makes its access, and only then is the host's turn.
      if (turns++ === 0) answers.push(rig.channel(1).read(8, 4));
      else expect(rig.server.serve()).toBe(true);
      return true;
    });
    answers.push(rig.channel(0).read(4, 4));
    expect(answers).toEqual([80, 40]);
    expect(turns, 'one turn for both').toBe(2);
    expect(rig.server.hasWork()).toBe(false);
  });

  test('sees who waits without answering', () => {
    const rig = new Rig();
    let seen = false;
    rig.memory.whenAsleep(() => {
      seen = rig.server.hasWork();
      return rig.server.serve();
    });
    rig.channel(1).read(0, 4);
    expect(seen).toBe(true);
  });
});
