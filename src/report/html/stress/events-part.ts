import type { EventLine } from '../../../recording/event-line.js';
import { lastEventsWords } from '../../last-events.js';
import { plural } from '../../format.js';
import { markup, type Markup } from '../markup.js';
import { tableOf } from '../table.js';

/** Time goes down, with a lane for each side; null where nothing was recorded. */
export function eventsPart(title: string, lines: readonly EventLine[]): Markup | null {
  if (lines.length === 0) return null;
  const columns = [{ title: 'before the newest', isNumber: true }, { title: 'driver' }, { title: 'device' }];
  const rows = lastEventsWords(lines).map(({ ago, side, what }) => {
    const lane = markup`<span class="wrap">${what}</span>`;
    return side === 'driver' ? [ago, lane, null] : [ago, null, lane];
  });
  return markup`<details class="events"><summary>${title}: ${plural(rows.length, 'event')}</summary>
${tableOf(columns, rows, title)}</details>
`;
}
