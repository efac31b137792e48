/** One buffer in so many is sampled, on average. */
const BUFFERS_PER_SAMPLE = 64;

const GOLDEN = 0.618_033_988_75;

/**
 * Which buffers of a ring are looked at more closely: by their ordinals alone, so that both sides choose the same ones
 * without a word between them. Buffers are popped in the order of their posts, so the n-th on the one side is the n-th
 * on the other.
 */
export class SampledOrdinals {
  private readonly perSample: number;
  private left = 0;
  private step = 0;
  private distance = 0;
  /** The ordinal of the buffer that was sampled last, and how many were up to it. */
  ordinal = -1;
  count = 0;

  constructor(perSample: number = BUFFERS_PER_SAMPLE) {
    this.perSample = perSample;
  }

  /** From the first buffer of another ring on. Each begins elsewhere in the sequence: a short life has its turn too. */
  begin(life: number): void {
    this.ordinal = -1;
    this.count = 0;
    this.distance = (life * GOLDEN) % 1;
    this.choose();
  }

  /** One buffer more; true when it is sampled. */
  next(): boolean {
    this.left -= 1;
    if (this.left > 0) return false;
    this.ordinal += this.step;
    this.count += 1;
    this.choose();
    return true;
  }

  /** Steps of the golden ratio, so that no rhythm of batches is met again and again. */
  private choose(): void {
    this.distance = (this.distance + GOLDEN) % 1;
    this.step = 1 + Math.floor(this.distance * (2 * this.perSample - 1));
    this.left = this.step;
  }
}
