import { describeEvent } from '../events/ring-event.js';
import { type EventLine, eventLine, eventOfLine } from '../recording/event-line.js';
import type { RecordedEvent } from '../recording/recording.js';
import { formatNs } from './format.js';

/** What a report shows of each side. */
const SHOWN = 16;
/** There is one ring at a time. */
const QUEUE = 0;

/** The newest events of each side, oldest first, as they are in a document. */
export function lastEvents(events: readonly RecordedEvent[]): EventLine[] {
  const newest = new Set(
    (['driver', 'device'] as const).flatMap((side) =>
      events.filter((one) => one.side === side).slice(-SHOWN),
    ),
  );
  return events.filter((event) => newest.has(event)).map(eventLine);
}

/** One of them in words, by the time before the newest. */
interface EventWords {
  readonly ago: string;
  readonly side: EventLine['side'];
  readonly what: string;
}

export function lastEventsWords(lines: readonly EventLine[]): EventWords[] {
  const endNs = Math.max(...lines.map(({ t_ns: timeNs }) => timeNs));
  return lines.flatMap((line) => {
    const recorded = eventOfLine(line, QUEUE);
    if (recorded === null) return [];
    return { ago: formatNs(endNs - line.t_ns), side: line.side, what: describeEvent(recorded.event) };
  });
}

/** The same in lines; none where nothing was recorded. */
export function lastEventsLines(lines: readonly EventLine[]): string[] {
  const texts = lastEventsWords(lines).map(({ ago, side, what }) => `  ${ago.padStart(9)}  ${side}  ${what}`);
  return texts.length === 0 ? [] : ['last events of both sides, by the time before the newest:', ...texts];
}
