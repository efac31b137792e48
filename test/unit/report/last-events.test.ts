import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/recording/recording.js';
import { lastEvents, lastEventsLines } from '../../../src/report/last-events.js';

function shown(side: 'driver' | 'device', timeNs: number): RecordedEvent {
  return { side, event: { kind: 'shown', timeNs, queue: 0, count: timeNs } };
}

describe('the last events of a race', () => {
  test('are sixteen of each side, in their order, however much more the other side did', () => {
    const device = Array.from({ length: 3 }, (_, i) => shown('device', 10 * i));
    const driver = Array.from({ length: 40 }, (_, i) => shown('driver', 100 + i));
    const lines = lastEvents([...device, ...driver]);
    const times = lines.map(({ t_ns: timeNs }) => timeNs);
    expect(times).toEqual([0, 10, 20, ...Array.from({ length: 16 }, (_, i) => 124 + i)]);
    expect(lines[0]).toEqual({ t_ns: 0, side: 'device', kind: 'shown', count: 0 });
  });

  test('are lines with the time before the newest, and with what is not known said to be so', () => {
    const at = { queue: 0, ordinal: 0xffffffff, writtenBytes: 3 };
    const used: RecordedEvent = { side: 'device', event: { kind: 'used', timeNs: 2_500, ...at } };
    const lines = lastEvents([shown('driver', 1000), used]);
    expect(lines[1]).toEqual({ t_ns: 2500, side: 'device', kind: 'used', written_bytes: 3 });
    expect(lastEventsLines(lines)).toEqual([
      'last events of both sides, by the time before the newest:',
      '     1.5 us  driver  shown count 1000',
      '       0 ns  device  used ordinal unknown writtenBytes 3',
    ]);
    expect(lastEventsLines([])).toEqual([]);
  });
});
