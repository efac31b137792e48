import { commonClockErrorNs, toCommonNs } from '../clock.js';
import { Histogram } from './histogram.js';
import { SampledOrdinals } from './sampled-ordinals.js';
import { SPLIT_LEGS, splitLegs } from './split-legs.js';
import { SplitTable } from './split-table.js';

const NONE = -1;

/** Where the parts of latencies are counted, in the order of {@link SPLIT_LEGS}. */
export interface SplitSink {
  readonly table: SplitTable;
  readonly legs: readonly Histogram[];
}

/** The driver's side of a queue: puts the times of sampled requests together when they come back. */
export class SplitReader {
  private readonly sink: SplitSink | null;
  private readonly legs: readonly Histogram[];
  /** What becomes of the warm-up's samples: nobody reads it. */
  private readonly warmupLegs: readonly Histogram[];
  private readonly ordinals: SampledOrdinals;
  /** Of each slot that is in the ring, its place in the table, the buffer's ordinal, and when it was posted. */
  private readonly places: Int32Array;
  private readonly sampled: Float64Array;
  private readonly postedNs: Float64Array;
  /** The ordinal of the newest buffer that has a place. */
  private readonly newest: Float64Array = new Float64Array(SplitTable.places);
  private life = 0;

  /** Null: nobody wants to know. `slots`: requests are told apart by numbers below. */
  constructor(sink: SplitSink | null, slots: number, ordinals: SampledOrdinals = new SampledOrdinals()) {
    this.sink = sink;
    this.legs = sink?.legs ?? [];
    const nowhere = Histogram.ofMaxNs();
    this.warmupLegs = this.legs.map(() => nowhere);
    this.ordinals = ordinals;
    this.places = new Int32Array(slots).fill(NONE);
    this.sampled = new Float64Array(slots);
    this.postedNs = new Float64Array(slots);
    this.begin(0);
  }

  /** Another ring begins, with nothing in it. */
  begin(life: number): void {
    this.life = life;
    this.places.fill(NONE);
    this.ordinals.begin(life);
    this.sink?.table.setDriverClockError(commonClockErrorNs());
  }

  /** A request is in the ring, with this thread's time. */
  posted(slot: number, nowNs: number): void {
    if (!this.ordinals.next() || this.sink === null) return;
    const { count, ordinal } = this.ordinals;
    const place = SplitTable.placeOf(count);
    this.places[slot] = place;
    this.sampled[slot] = ordinal;
    this.postedNs[slot] = nowNs;
    this.newest[place] = ordinal;
  }

  /** A buffer is in the ring that is no request of the workload. */
  postedAside(): void {
    this.ordinals.next();
  }

  /**
   * A request came back, with this thread's times. One that is not to be `measured` takes the same steps and is
   * forgotten, so that their code is compiled when measuring begins: see `workload/ledger.ts`.
   */
  reaped(slot: number, startNs: number, nowNs: number, measured: boolean): void {
    const place = this.places[slot] as number;
    if (place === NONE) return;
    this.places[slot] = NONE;
    this.measure(slot, place, startNs, nowNs, measured);
  }

  private measure(slot: number, place: number, startNs: number, nowNs: number, measured: boolean): void {
    if (this.sink === null) return;
    const { table } = this.sink;
    const ordinal = this.sampled[slot] as number;
    // Once a newer buffer with this place is in the ring, the device may be writing there.
    const isIts = this.newest[place] === ordinal && table.has(place, this.life, ordinal);
    const times = isIts ? this.times(table, place, slot, startNs, nowNs) : null;
    const parts = times === null ? null : splitLegs(times, table.clockErrorNs);
    const { legs, warmupLegs } = this;
    const into = measured ? legs : warmupLegs;
    if (parts !== null) for (const [i, name] of SPLIT_LEGS.entries()) into[i]?.record(parts[name]);
    else if (measured) table.drop();
  }

  private times(
    table: SplitTable,
    place: number,
    slot: number,
    startNs: number,
    nowNs: number,
  ): Parameters<typeof splitLegs>[0] {
    return {
      startNs: toCommonNs(startNs),
      postedNs: toCommonNs(this.postedNs[slot] as number),
      reapedNs: toCommonNs(nowNs),
      poppedNs: table.poppedNs(place),
      usedNs: table.usedNs(place),
    };
  }
}
