/** Ring indices are free-running 16-bit counters (virtio 1.4, 2.7.13.3): these are the only ways to combine them. */
export function add16(index: number, n: number): number {
  return (index + n) & 0xffff;
}

/** How many entries `to` is ahead of `from`, 0 to 65535. Never compare two indices with `<`. */
export function distance16(from: number, to: number): number {
  return (to - from) & 0xffff;
}

/**
 * Whether entry number `event` was made visible since the last decision: `event` lies in [oldIndex, newIndex).
 *
 *     oldIndex        event      newIndex
 *        |--------------x-----------|          notify: x is among the new entries
 *        |--------------------------|  x       do not: x is still to come
 *
 * Shifted so that `newIndex` is the origin, entries [oldIndex, newIndex) are the distances 1 to new - old behind it,
 * and `event` is at distance new - event. `new - event - 1 < new - old` says just that, and the `- 1` makes the
 * case event == new (distance 0, the next entry, not one of these) wrap to 65535 and fail. A test for equality with
 * the newest entry is right only for batches of one; batches need the range (2.7.7.2, 2.7.10.1).
 */
export function needEvent(event: number, newIndex: number, oldIndex: number): boolean {
  return ((newIndex - event - 1) & 0xffff) < ((newIndex - oldIndex) & 0xffff);
}
