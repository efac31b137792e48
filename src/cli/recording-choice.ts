import { ScenarioError } from '../errors.js';
import type { RecordingChoice } from '../recording/recording.js';

const EVENTS = 4096;
const EVENTS_MIN = 64;
/** Of each thread. A page of more is nothing that anybody looks through. */
const EVENTS_MAX = 65_536;

export const RECORD_HELP: string =
  'keep what both sides of each ring did and stored: `first` or `last`, ' +
  `the ${EVENTS} events of each thread, or so many, as in first:512 (slower)`;

/** `first`, `last`, or either with a number of events: `last:512`. */
export function parseRecordingChoice(text: string): RecordingChoice {
  const [, which, digits] = /^(first|last)(?::(\d+))?$/.exec(text) ?? [];
  const eventsMax = digits === undefined ? EVENTS : Number(digits);
  if (which === undefined || eventsMax < EVENTS_MIN || eventsMax > EVENTS_MAX) {
    throw new ScenarioError(
      'USAGE',
      `--record ${text}: expected first, last, or either with ${EVENTS_MIN} to ${EVENTS_MAX} events, as in first:512`,
    );
  }
  return { which: which === 'first' ? 'first' : 'last', eventsMax };
}
