import { Worker } from 'node:worker_threads';
import { Meeting } from '../bench/ring/meeting.js';
import { WorkerClient } from '../machine/rpc.js';
import { Board } from './board.js';
import { createFlightRing, type Flight, readFlight } from './flight.js';
import { PairControl } from './pair-control.js';
import type { RoundPlan } from './round-plan.js';
import { StressRig } from './stress-rig.js';
import { planOfTurn, type RoundRange, type StressApi, type StressThreadConfig } from './stress-thread.js';
import { Tally } from './tally.js';

/** What one thread of a pair leaves behind, whatever becomes of it. */
class PairSide {
  readonly board: Board = Board.create();
  readonly tally: Tally = Tally.create();
  readonly events: SharedArrayBuffer = createFlightRing();
  readonly client: WorkerClient<StressApi>;

  constructor(entry: URL, name: string) {
    this.client = new WorkerClient<StressApi>(new Worker(entry), name);
  }
}

/** A driver's thread and a device's thread that race each other through rounds. */
export class Pair {
  readonly guest: PairSide;
  readonly host: PairSide;
  readonly memory: SharedArrayBuffer = StressRig.createMemory();
  isDone = false;
  private readonly control: PairControl = PairControl.create();
  private readonly range: RoundRange;
  private readonly module: string | null;

  constructor(index: number, range: RoundRange, entry: URL, module: string | null) {
    this.range = range;
    this.module = module;
    this.guest = new PairSide(entry, `guest ${index}`);
    this.host = new PairSide(entry, `host ${index}`);
  }

  /** Ends after the last round, or the one at hand when told to stop. */
  async run(): Promise<void> {
    const common = {
      range: this.range,
      module: this.module,
      memory: this.memory,
      control: this.control.buffer,
      meeting: Meeting.create(),
    };
    const config = ({ board, tally, events }: PairSide): StressThreadConfig => ({
      ...common,
      board: board.buffer,
      tally: tally.buffer,
      events,
    });
    await Promise.all([
      this.guest.client.call((remote) => remote.guest(config(this.guest))),
      this.host.client.call((remote) => remote.host(config(this.host))),
    ]);
    this.isDone = true;
  }

  planAt(turn: number): RoundPlan {
    return planOfTurn(this.range, turn);
  }

  /** The newest events of the round at hand, whatever has become of the threads. */
  flight(): Flight {
    const { turn } = this.guest.board;
    return readFlight(this.guest.events, this.host.events, this.planAt(turn), turn);
  }

  stop(): void {
    this.control.stop();
  }

  async terminate(): Promise<void> {
    await Promise.all([this.guest.client.terminate(), this.host.client.terminate()]);
  }
}
