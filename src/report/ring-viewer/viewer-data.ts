import type { RecordedLife, Recording } from '../../recording/recording.js';
import { latencySplit, type RecordedRequest, requestsOf } from '../../recording/requests.js';
import { type Pointer, privateState, type StateChange, type StateField } from './private-state.js';
import { type RingTable, ringTables } from './ring-tables.js';
import { stepsOf, type ViewerStep } from './steps.js';

/** What the page's script shows of one ring: all texts are made here, the script applies stores and decodes words. */
export interface ViewerLife {
  readonly title: string;
  readonly size: number;
  /** All areas of the ring one behind the other, as they were before the first event, in base64. */
  readonly base: string;
  readonly bytes: number;
  readonly tables: readonly RingTable[];
  /** Where indirect tables are: `[offset, bytes, address]`. */
  readonly indirect: readonly (readonly [number, number, number])[];
  readonly fields: readonly StateField[];
  readonly pointers: readonly Pointer[];
  readonly steps: readonly ViewerLine[];
  readonly requests: readonly ViewerRequest[];
  /** Of the events that there are, those that are here. */
  readonly events: number;
}

/**
 * `[time, side, kind, text, section, offset, width, value, ordinal, changes]`: short, as there are thousands. Side 0 is
 * the driver; offset is -1 where no word is touched, ordinal where there is no buffer.
 */
export type ViewerLine = readonly [
  number,
  0 | 1,
  ViewerStep['kind'],
  string,
  string,
  number,
  number,
  number,
  number,
  StateChange | 0,
];

export interface ViewerRequest {
  readonly ordinal: number;
  readonly token: number | null;
  readonly head: number | null;
  readonly text: string;
  /** The numbers of the events at which it was posted, shown, popped, used, shown as used, reaped; -1: none. */
  readonly steps: readonly number[];
  /** The three legs of its way; null: not known. */
  readonly legsNs: readonly (number | null)[];
}

/** A page that is opened by nobody because it is too large shows nothing. */
const STEPS_MAX = 20_000;

/** As many rings of a recording as fit, the first ones; at least one. */
export function viewerLives({ lives }: Recording): ViewerLife[] {
  let steps = 0;
  return lives
    .filter(({ events }) => {
      steps += events.length;
      return steps - events.length < STEPS_MAX;
    })
    .map(viewerLife);
}

function viewerLife(whole: RecordedLife): ViewerLife {
  const life = { ...whole, events: whole.events.slice(0, STEPS_MAX) };
  const offsets = offsetsOf(life);
  const { fields, pointers, changes } = privateState(life);
  const lines = stepsOf(life).map((step, i) => line(step, changes[i] as StateChange, life, offsets));
  const base = Buffer.concat(life.areas.map((area) => area.base));
  const [desc = 0, driver = 0, device = 0] = offsets;
  return {
    title: titleOf(life),
    size: life.options.size,
    base: base.toString('base64'),
    bytes: base.length,
    tables: ringTables(life, [desc, driver, device]),
    indirect: life.areas.flatMap(({ name, address, base: { length } }, i): [number, number, number][] =>
      name === 'table' ? [[offsets[i] ?? 0, length, address]] : [],
    ),
    fields,
    pointers,
    steps: lines,
    requests: viewerRequests(life),
    events: whole.events.length,
  };
}

/** Where each area begins when they are put one behind the other. */
function offsetsOf({ areas }: RecordedLife): number[] {
  let end = 0;
  return areas.map(({ base }) => {
    end += base.length;
    return end - base.length;
  });
}

function line(
  step: ViewerStep,
  change: StateChange,
  { areas }: RecordedLife,
  offsets: readonly number[],
): ViewerLine {
  const { timeNs, side, kind, text, section, word, ordinal } = step;
  const area = areas.findIndex(
    ({ address, base }) => word !== null && word.address >= address && word.address < address + base.length,
  );
  const offset =
    word === null || area === -1 ? -1 : word.address - (areas[area]?.address ?? 0) + (offsets[area] ?? 0);
  const hasChange = change.fields.length > 0 || change.pointers.length > 0;
  return [
    Math.round(timeNs),
    side === 'driver' ? 0 : 1,
    kind,
    text,
    section,
    offset,
    word?.widthBytes ?? 0,
    word?.value ?? 0,
    ordinal ?? -1,
    hasChange ? change : 0,
  ];
}

function titleOf({ queue, life, layout, options }: RecordedLife): string {
  const features = [
    ...(options.eventIdx ? ['EVENT_IDX'] : []),
    ...(options.indirect ? ['INDIRECT_DESC'] : []),
    ...(options.inOrder ? ['IN_ORDER'] : []),
  ];
  const which = life === null ? '' : `, ring ${life}`;
  return `queue ${queue}${which}: ${[layout, String(options.size), ...features].join(' ')}`;
}

function viewerRequests(life: RecordedLife): ViewerRequest[] {
  // The same events with their numbers for times: that says at which event a buffer came to each point.
  const numbered = life.events.map(({ side, event }, i) => ({ side, event: { ...event, timeNs: i } }));
  const places = requestsOf(numbered);
  return requestsOf(life.events).map((request, i) => {
    const { toDeviceNs, inDeviceNs, toDriverNs } = latencySplit(request);
    const { times } = places[i] as RecordedRequest;
    const { postedNs, shownNs, poppedNs, usedNs, usedShownNs, reapedNs } = times;
    return {
      ordinal: request.ordinal,
      token: request.token,
      head: request.head,
      text: textOf(request),
      steps: [postedNs, shownNs, poppedNs, usedNs, usedShownNs, reapedNs].map((step) => step ?? -1),
      legsNs: [toDeviceNs, inDeviceNs, toDriverNs].map((ns) => (ns === null ? null : Math.round(ns))),
    };
  });
}

function textOf({ readableBytes, writableBytes, usedBytes }: RecordedRequest): string {
  const written = usedBytes === null ? '' : `, ${usedBytes} written`;
  return `${readableBytes} bytes for the device to read, ${writableBytes} to write${written}`;
}
