import { commonClockErrorNs, commonNowNs } from '../clock.js';
import { SampledOrdinals } from './sampled-ordinals.js';
import { SplitTable } from './split-table.js';

const NONE = -1;

/** The device's side of a queue: notes when it takes a sampled buffer, and when it is done with it. */
export class SplitWriter {
  private readonly table: SplitTable | null;
  private readonly ordinals: SampledOrdinals;
  /** Of each slot in service, its place in the table and the buffer's ordinal. */
  private readonly places: Int32Array;
  private readonly sampled: Float64Array;
  private life = 0;

  /** Null: nobody wants to know. `slots`: buffers in service are told apart by numbers below. */
  constructor(table: SplitTable | null, slots: number, ordinals: SampledOrdinals = new SampledOrdinals()) {
    this.table = table;
    this.ordinals = ordinals;
    this.places = new Int32Array(slots).fill(NONE);
    this.sampled = new Float64Array(slots);
    this.begin(0);
  }

  /** Another ring begins; nothing is in service. */
  begin(life: number): void {
    this.life = life;
    this.places.fill(NONE);
    this.ordinals.begin(life);
    this.table?.setDeviceClockError(commonClockErrorNs());
  }

  /** A buffer was popped into a slot. */
  popped(slot: number): void {
    if (!this.ordinals.next() || this.table === null) return;
    const { count, ordinal } = this.ordinals;
    const place = SplitTable.placeOf(count);
    this.places[slot] = place;
    this.sampled[slot] = ordinal;
    this.table.popped(place, this.life, ordinal, commonNowNs());
  }

  /** The device is done with the buffer of a slot, which is about to go back to the ring. */
  used(slot: number): void {
    const place = this.places[slot] as number;
    if (place === NONE) return;
    this.places[slot] = NONE;
    this.table?.used(place, this.sampled[slot] as number, commonNowNs());
  }
}
