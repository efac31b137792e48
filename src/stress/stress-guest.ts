import { Meeting } from '../bench/ring/meeting.js';
import { Board } from './board.js';
import { FlightRecorder } from './flight-recorder.js';
import { GuestRound } from './guest-round.js';
import { PairControl } from './pair-control.js';
import { RingLength } from './ring-length.js';
import { StressRig } from './stress-rig.js';
import { endsOf, planOfTurn, type StressThreadConfig, type Weaken } from './stress-thread.js';
import { Tally } from './tally.js';

/** The driver's thread of a pair: prepares each round, and races it. */
export async function runStressGuest(
  config: StressThreadConfig,
  weaken: Weaken = (port) => port,
): Promise<void> {
  const ends = await endsOf(config);
  const { range } = config;
  const control = new PairControl(config.control);
  const meeting = new Meeting(config.meeting, 2);
  const board = new Board(config.board);
  const tally = new Tally(config.tally);
  for (let turn = 0; !control.isStopped && (range.count === null || turn < range.count); turn++) {
    const plan = planOfTurn(range, turn);
    const rig = new StressRig(plan, config.memory, ends);
    rig.init();
    tally.enter(plan);
    const recorder = new FlightRecorder(config.events, plan, turn);
    const length = new RingLength(plan, control, rig);
    const round = new GuestRound({ plan, rig, board, tally, weaken, length, recorder });
    board.beginRound(plan.round, turn);
    board.step = 'waiting at the start';
    control.announce(turn);
    meeting.wait();
    // The host has the same to prepare.
    meeting.wait();
    round.run();
    board.step = 'waiting at the start';
    meeting.wait();
    board.endRound();
  }
  control.announce(null);
  meeting.wait();
}
