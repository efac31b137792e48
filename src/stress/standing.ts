import type { StoppedRing } from '../checkers/lost-notification.js';
import type { Board } from './board.js';

/** What is looked at of a pair. */
interface Boards {
  readonly guest: { readonly board: Board };
  readonly host: { readonly board: Board };
}

/**
 * Where the ring stands that the driver is at. The device may have gone on to the next: then it has finished all of
 * this one, however little it has done there. Or it has not come to this one yet.
 */
export function standingOf({ guest: { board: guest }, host: { board: host } }: Boards): StoppedRing {
  const ahead = guest.turn === host.turn ? host.ring - guest.ring : 0;
  const [popped, used] =
    ahead === 0 ? [host.first, host.second] : ahead > 0 ? [guest.first, guest.first] : [0, 0];
  return {
    posted: guest.first,
    popped,
    used,
    returned: guest.second,
    isDriverAsleep: guest.step === 'asleep',
    isDeviceAsleep: host.step === 'asleep',
  };
}
