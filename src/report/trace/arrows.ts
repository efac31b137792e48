import type { EventKind } from '../../events/ring-event.js';
import type { RecordedEvent, RecordedLife } from '../../recording/recording.js';
import { microseconds, placeOf, type TraceEvent } from './trace-event.js';

/** A notification, and the first thing that the other side does for which it was waited. */
const ARROWS: readonly { readonly from: EventKind; readonly to: EventKind; readonly name: string }[] = [
  { from: 'kicked', to: 'popped', name: 'kick' },
  { from: 'interrupted', to: 'reaped', name: 'interrupt' },
];

/** From each kick to the buffer that the device takes next, and from each interrupt to the one that comes back next. */
export function arrows(life: RecordedLife): TraceEvent[] {
  return ARROWS.flatMap(({ from, to, name }) =>
    life.events.flatMap((source, i): TraceEvent[] => {
      if (source.event.kind !== from) return [];
      const target = life.events.find(
        ({ event }, j) => j > i && event.kind === to && event.timeNs >= source.event.timeNs,
      );
      if (target === undefined) return [];
      const common = { cat: 'notification', name, id: `${name} ${life.queue}.${life.life ?? 0}.${i}` };
      return [
        { ph: 's', ...common, ...at(source) },
        { ph: 'f', bp: 'e', ...common, ...at(target) },
      ];
    }),
  );
}

function at({ side, event }: RecordedEvent): Pick<TraceEvent, 'pid' | 'tid' | 'ts'> {
  return { ...placeOf(side, event.queue), ts: microseconds(event.timeNs) };
}
