import { assert } from '../assert.js';

/** Device-independent feature bits (virtio 1.4, 6). */
export const Feature = {
  indirectDesc: 28,
  eventIdx: 29,
  version1: 32,
  accessPlatform: 33,
  ringPacked: 34,
  inOrder: 35,
  orderPlatform: 36,
  srIov: 37,
  notificationData: 38,
  notifConfigData: 39,
  ringReset: 40,
  adminVq: 41,
  suspend: 43,
} as const;

/** The spec's names, for reports and scenarios. */
export const FEATURE_NAMES: Readonly<Record<number, string>> = {
  [Feature.indirectDesc]: 'INDIRECT_DESC',
  [Feature.eventIdx]: 'EVENT_IDX',
  [Feature.version1]: 'VERSION_1',
  [Feature.accessPlatform]: 'ACCESS_PLATFORM',
  [Feature.ringPacked]: 'RING_PACKED',
  [Feature.inOrder]: 'IN_ORDER',
  [Feature.orderPlatform]: 'ORDER_PLATFORM',
  [Feature.srIov]: 'SR_IOV',
  [Feature.notificationData]: 'NOTIFICATION_DATA',
  [Feature.notifConfigData]: 'NOTIF_CONFIG_DATA',
  [Feature.ringReset]: 'RING_RESET',
  [Feature.adminVq]: 'ADMIN_VQ',
  [Feature.suspend]: 'SUSPEND',
};

const WORD_COUNT = 4;
/** Width of the feature space (2.2): four words of 32 bits, selected one at a time. */
export const FEATURE_BITS: number = 32 * WORD_COUNT;

/** An immutable set of feature bits 0 to 127. Words, because `1 << 34` is 4 in JavaScript. */
export class FeatureSet {
  static readonly empty: FeatureSet = new FeatureSet([0, 0, 0, 0]);
  private readonly words: readonly number[];

  constructor(words: readonly number[]) {
    assert(words.length === WORD_COUNT, 'a feature set has % words, not %', WORD_COUNT, words.length);
    this.words = words.map((word) => word >>> 0);
  }

  static of(...bits: readonly number[]): FeatureSet {
    return FeatureSet.empty.with(...bits);
  }

  /** The 32 features from bit `32 * select` on; 0 for a selector past the feature space, as registers read. */
  word(select: number): number {
    return this.words[select] ?? 0;
  }

  has(bit: number): boolean {
    return ((this.word(bit >>> 5) >>> (bit & 31)) & 1) === 1;
  }

  with(...bits: readonly number[]): FeatureSet {
    const words = [...this.words];
    for (const bit of bits) {
      assert(Number.isInteger(bit) && bit >= 0 && bit < FEATURE_BITS, '% is not a feature bit', bit);
      words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31));
    }
    return new FeatureSet(words);
  }

  without(...bits: readonly number[]): FeatureSet {
    const dropped = FeatureSet.of(...bits);
    return new FeatureSet(this.words.map((word, i) => word & ~dropped.word(i)));
  }

  withWord(select: number, word: number): FeatureSet {
    return new FeatureSet(this.words.map((old, i) => (i === select ? word : old)));
  }

  intersect(other: FeatureSet): FeatureSet {
    return new FeatureSet(this.words.map((word, i) => word & other.word(i)));
  }

  isSubsetOf(other: FeatureSet): boolean {
    return this.words.every((word, i) => (word & ~other.word(i)) === 0);
  }

  equals(other: FeatureSet): boolean {
    return this.words.every((word, i) => word === other.word(i));
  }

  bits(): number[] {
    return Array.from({ length: FEATURE_BITS }, (_, bit) => bit).filter((bit) => this.has(bit));
  }

  /** Names for people: the spec's where known, `bit N` elsewhere. */
  names(deviceNames: Readonly<Record<number, string>> = {}): string[] {
    return this.bits().map((bit) => FEATURE_NAMES[bit] ?? deviceNames[bit] ?? `bit ${bit}`);
  }
}

/** `bit` is useless, and may be neither offered nor accepted, without all of `needs` (2.2, N0008, N0013). */
export interface FeatureDependency {
  readonly bit: number;
  readonly needs: readonly number[];
}

/** Drops every bit whose needs are not met, and whatever needed those, until nothing changes. */
export function closeFeatures(features: FeatureSet, dependencies: readonly FeatureDependency[]): FeatureSet {
  const unmet = dependencies.filter((d) => features.has(d.bit) && !d.needs.every((bit) => features.has(bit)));
  if (unmet.length === 0) return features;
  return closeFeatures(features.without(...unmet.map((d) => d.bit)), dependencies);
}
