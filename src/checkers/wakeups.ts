/** Tells notifications that brought work from those that did not. A spurious one is allowed; it costs a turn. */
export class Wakeups {
  spuriousCount = 0;
  private hasWoken = false;

  /** The side has been woken; its next turn shows what for. */
  woke(): void {
    this.hasWoken = true;
  }

  /** A turn is over. */
  turned(foundWork: boolean): void {
    if (this.hasWoken && !foundWork) this.spuriousCount += 1;
    this.hasWoken = false;
  }
}
