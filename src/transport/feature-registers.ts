import { FeatureSet } from './features.js';

/** The two selectors of feature words, what is behind them, and what the driver has written so far (2.2). */
export class FeatureRegisters {
  private readonly offered: FeatureSet;
  deviceSelect = 0;
  driverSelect = 0;
  private acceptedSet: FeatureSet = FeatureSet.empty;

  constructor(offered: FeatureSet) {
    this.offered = offered;
  }

  get offeredWord(): number {
    return this.offered.word(this.deviceSelect);
  }

  /** What the driver wrote there, known bits or not (4.1.4.3.1, N0283, N0284). */
  get acceptedWord(): number {
    return this.acceptedSet.word(this.driverSelect);
  }

  get accepted(): FeatureSet {
    return this.acceptedSet;
  }

  accept(word: number): void {
    this.acceptedSet = this.acceptedSet.withWord(this.driverSelect, word);
  }

  reset(): void {
    this.deviceSelect = 0;
    this.driverSelect = 0;
    this.acceptedSet = FeatureSet.empty;
  }
}
