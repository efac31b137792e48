/** What is dropped is moved out of the way only when there is as much of it: each item is moved once on average. */
const SPARE = 1024;

/** First in, first out, however many there are: an array takes as long as it is long to lose its first item. */
export class Fifo<T> {
  readonly #items: T[] = [];
  #first = 0;

  get first(): T | undefined {
    return this.#items[this.#first];
  }

  get last(): T | undefined {
    return this.#items.length === this.#first ? undefined : this.#items.at(-1);
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Drops the first one; there must be one. */
  drop(): void {
    this.#first += 1;
    if (this.#first < SPARE || this.#first * 2 < this.#items.length) return;
    this.#items.splice(0, this.#first);
    this.#first = 0;
  }
}
