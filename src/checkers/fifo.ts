/** What is dropped is moved out of the way only when there is as much of it: each item is moved once on average. */
const SPARE = 1024;

/** First in, first out, however many there are: an array takes as long as it is long to lose its first item. */
export class Fifo<T> {
  private readonly items: T[] = [];
  private firstAt = 0;

  get first(): T | undefined {
    return this.items[this.firstAt];
  }

  get last(): T | undefined {
    return this.items.length === this.firstAt ? undefined : this.items.at(-1);
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** Drops the first one; there must be one. */
  drop(): void {
    this.firstAt += 1;
    if (this.firstAt < SPARE || this.firstAt * 2 < this.items.length) return;
    this.items.splice(0, this.firstAt);
    this.firstAt = 0;
  }
}
