import { Meeting } from '../bench/ring/meeting.js';
import { Board } from './board.js';
import { FlightRecorder } from './flight-recorder.js';
import { HostRound } from './host-round.js';
import { PairControl } from './pair-control.js';
import { RingLength } from './ring-length.js';
import { StressRig } from './stress-rig.js';
import { endsOf, planOfTurn, type StressThreadConfig, type Weaken } from './stress-thread.js';
import { Tally } from './tally.js';

/** The device's thread of a pair. */
export async function runStressHost(
  config: StressThreadConfig,
  weaken: Weaken = (port) => port,
): Promise<void> {
  const ends = await endsOf(config);
  const control = new PairControl(config.control);
  const meeting = new Meeting(config.meeting, 2);
  const board = new Board(config.board);
  const tally = new Tally(config.tally);
  for (;;) {
    meeting.wait();
    const turn = control.announced;
    if (turn === null) return;
    const plan = planOfTurn(config.range, turn);
    tally.enter(plan);
    const rig = new StressRig(plan, config.memory, ends);
    const recorder = new FlightRecorder(config.events, plan, turn);
    const length = new RingLength(plan, control, rig);
    const round = new HostRound({ plan, rig, board, tally, weaken, length, recorder });
    board.beginRound(plan.round, turn);
    board.step = 'waiting at the start';
    meeting.wait();
    round.run();
    board.step = 'waiting at the start';
    meeting.wait();
  }
}
