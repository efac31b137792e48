import { Wakeups } from '../checkers/wakeups.js';
import { Doorbell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import { Rng } from '../rng.js';
import { type Armable, Waiter } from '../transport/waiter.js';
import type { Board } from './board.js';
import { FaultyNotifier } from './faulty-notifier.js';
import { Pauses } from './pauses.js';
import { PerturbingPort } from './perturbing-port.js';
import type { RoundPlan, SidePlan } from './round-plan.js';
import { BellAt, type StressRig } from './stress-rig.js';
import type { FlightRecorder } from './flight-recorder.js';
import type { RingLength } from './ring-length.js';
import type { Weaken } from './stress-thread.js';
import type { Tally } from './tally.js';
import { WatchedBell } from './watched-bell.js';

/** A side that polls gives its core away after so many turns without work: the other may be waiting for it. */
const IDLE_TURNS_PER_YIELD = 512;
const LONGEST_SLOW_SHIFT = 13;

/** What a thread has for one of its rounds. */
export interface RoundParts {
  readonly plan: RoundPlan;
  readonly rig: StressRig;
  readonly board: Board;
  readonly tally: Tally;
  readonly weaken: Weaken;
  readonly length: RingLength;
  readonly recorder: FlightRecorder;
}

/** What the two sides of a round have in common: a port, a bell to sleep on, one to ring, and manners. */
export class Side {
  readonly port: MemoryPort;
  readonly rng: Rng;
  readonly bell: WatchedBell;
  readonly notifier: FaultyNotifier;
  private readonly perturbing: PerturbingPort | null;
  private readonly plan: SidePlan;
  private readonly waiter: Waiter;
  private readonly wakeups: Wakeups = new Wakeups();
  private readonly pauses: Pauses = new Pauses();
  private idleTurns = 0;
  private sleepsSeen = 0;
  private recheckCount = 0;

  constructor(kind: 'guest' | 'host', { plan: round, rig, board, weaken, recorder }: RoundParts) {
    const plan = round[kind];
    this.plan = plan;
    this.rng = new Rng(plan.seed);
    this.perturbing =
      plan.perturbation.kind === 'none' ? null : new PerturbingPort(rig.memory, plan.perturbation);
    const port = this.perturbing ?? rig.memory;
    this.port = weaken(port);
    const [own, other] = kind === 'guest' ? [BellAt.interrupt, BellAt.kick] : [BellAt.kick, BellAt.interrupt];
    this.bell = new WatchedBell(port, own, board);
    this.notifier = new FaultyNotifier(new Doorbell(port, other), plan.faults, this.rng.next32());
    this.waiter = new Waiter(recorder.bell(this.bell), plan.wait);
  }

  /** A turn found work. */
  worked(): void {
    this.wakeups.turned(true);
    this.waiter.busy();
    this.idleTurns = 0;
    this.turn();
  }

  /** A turn found none. */
  idle(ring: Armable): void {
    this.wakeups.turned(false);
    this.turn();
    this.idleTurns += 1;
    if (this.idleTurns % IDLE_TURNS_PER_YIELD === 0) this.pauses.yield();
    this.waiter.idle(ring);
    if (this.bell.sleepCount === this.sleepsSeen) return;
    this.sleepsSeen = this.bell.sleepCount;
    this.wakeups.woke();
  }

  /** Passes on what an end of a ring said when it was asked to tell: false, there is work already. */
  asked(maySleep: boolean): boolean {
    if (!maySleep) this.recheckCount += 1;
    return maySleep;
  }

  /** The end of the round: everything this thread did is seen by the other. */
  finish(kind: 'guest' | 'host', tally: Tally): void {
    this.notifier.flush();
    this.port.fence();
    this.perturbing?.fence();
    const [slept, hit, spurious] =
      kind === 'guest'
        ? (['guestSleep', 'guestRecheck', 'spuriousInterrupt'] as const)
        : (['hostSleep', 'hostRecheck', 'spuriousKick'] as const);
    tally.add(slept, this.bell.sleepCount);
    tally.add(hit, this.recheckCount);
    tally.add(spurious, this.wakeups.spuriousCount);
    tally.add('lateNotification', this.notifier.lateCount);
    if (this.perturbing === null) return;
    tally.add('earlyLoad', this.perturbing.earlyLoadCount);
    tally.add('overtaking', this.perturbing.overtakingCount);
    tally.add('staleRead', this.perturbing.staleReadCount);
  }

  private turn(): void {
    this.notifier.turn();
    const { slow } = this.plan;
    if (slow > 0 && this.rng.chance(slow / 256)) {
      this.pauses.spin(1 << this.rng.below(LONGEST_SLOW_SHIFT + 1));
    }
  }
}
