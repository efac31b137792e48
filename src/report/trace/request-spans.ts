import type { RecordedLife } from '../../recording/recording.js';
import { type RecordedRequest, requestsOf } from '../../recording/requests.js';
import { microseconds, placeOf, type TraceEvent } from './trace-event.js';

/** Each request that came back, as a span with its three legs in it, and how full the ring was. */
export function requestEvents(life: RecordedLife): TraceEvent[] {
  const requests = requestsOf(life.events);
  return [...requests.flatMap((request) => spans(life, request)), ...fill(life, requests)];
}

/** Only of what was posted and came back within the recording: a span without an end reaches to the end of the page. */
function spans(life: RecordedLife, request: RecordedRequest): TraceEvent[] {
  const { postedNs, poppedNs, usedNs, reapedNs } = request.times;
  if (postedNs === null || poppedNs === null || usedNs === null || reapedNs === null) return [];
  // The clocks of two threads may differ by a little, and legs must not overlap.
  const times = [postedNs, poppedNs, usedNs, reapedNs];
  for (let i = 1; i < times.length; i++) times[i] = Math.max(times[i] as number, times[i - 1] as number);
  const [posted, popped, used, reaped] = times as [number, number, number, number];
  const { ordinal, token, readableBytes, writableBytes, usedBytes } = request;
  const args = { token, readable_bytes: readableBytes, writable_bytes: writableBytes, used_bytes: usedBytes };
  const common = {
    cat: 'request',
    id: `queue ${life.queue}, ring ${life.life ?? 0}, buffer ${ordinal}`,
    ...placeOf('driver', life.queue),
  };
  const leg = (name: string, from: number, to: number): TraceEvent[] => [
    { ph: 'b', name, ...common, ts: microseconds(from) },
    { ph: 'e', name, ...common, ts: microseconds(to) },
  ];
  const name = `#${ordinal}`;
  return [
    { ph: 'b', name, ...common, ts: microseconds(posted), args },
    ...leg('to the device', posted, popped),
    ...leg('in the device', popped, used),
    ...leg('to the driver', used, reaped),
    { ph: 'e', name, ...common, ts: microseconds(reaped) },
  ];
}

/** Buffers in the ring and with the device, at every change. */
function fill(life: RecordedLife, requests: readonly RecordedRequest[]): TraceEvent[] {
  // What comes back without having been posted was there before the recording began.
  let inRing = requests.filter(({ times }) => times.postedNs === null).length;
  let inDevice = requests.filter(({ times }) => times.poppedNs === null && times.usedNs !== null).length;
  return life.events.flatMap(({ event }): TraceEvent[] => {
    if (event.kind === 'posted') inRing += 1;
    else if (event.kind === 'reaped' || event.kind === 'detached') inRing -= 1;
    else if (event.kind === 'popped') inDevice += 1;
    else if (event.kind === 'used') inDevice -= 1;
    else return [];
    return [
      {
        ph: 'C',
        name: `queue ${life.queue}: buffers`,
        ...placeOf('driver', life.queue),
        ts: microseconds(event.timeNs),
        args: { 'in the ring': inRing, 'with the device': inDevice },
      },
    ];
  });
}
