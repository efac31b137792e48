// A split driver of one's own, raced and explored against vring's device:
//
//   vring stress --module docs/examples/split-driver.mjs
//   vring explore split --module docs/examples/split-driver.mjs
//
// It is as small as a driver can be that keeps the rules of virtio 1.4, 2.7: one chain for each buffer, event indices,
// no indirect tables. docs/STRESS.md says what is printed when one of its fences is missing.

export const layouts = ['split'];
export const features = ['event_idx'];

/** @type {import('vring').DriverEnd} */
export const driver = (port, at, options, notifier) => new TinyDriver(port, at, options, notifier);

const NEXT = 1;
const WRITE = 2;
const NO_INTERRUPT = 1;
const NO_NOTIFY = 1;

class TinyDriver {
  usedLength = 0;
  broken = false;

  constructor(port, at, { size, eventIdx, startIndex }, notifier) {
    Object.assign(this, { port, size, eventIdx, notifier, desc: at.desc });
    this.availFlags = at.driver;
    this.availIdx = at.driver + 2;
    this.availRing = at.driver + 4;
    this.usedEvent = this.availRing + 2 * size;
    this.usedFlags = at.device;
    this.usedIdx = at.device + 2;
    this.usedRing = at.device + 4;
    this.availEvent = this.usedRing + 8 * size;
    /** All that was staged, that was shown when the device was last told, and that came back. */
    Object.assign(this, { staged: startIndex, told: startIndex, seen: startIndex });
    this.free = Array.from({ length: size }, (_, id) => id);
    /** By the first descriptor of a chain. */
    this.posted = new Map();
  }

  get freeCount() {
    return this.free.length;
  }

  get outstandingCount() {
    return this.posted.size;
  }

  hasRoomFor(rangeCount) {
    return rangeCount <= this.free.length;
  }

  stageBuf(buffers, token) {
    const { port, size } = this;
    if (!this.hasRoomFor(buffers.count)) return false;
    const ids = this.free.splice(-buffers.count);
    ids.forEach((id, i) => {
      const at = this.desc + 16 * id;
      port.store32(at, buffers.address(i));
      port.store32(at + 4, 0);
      port.store32(at + 8, buffers.length(i));
      const flags = (i < ids.length - 1 ? NEXT : 0) | (i < buffers.readableCount ? 0 : WRITE);
      // vring's device reads flags and next together: the same bytes, always at the same width.
      port.store32(at + 12, flags | ((ids[i + 1] ?? 0) << 16));
    });
    port.store16(this.availRing + 2 * (this.staged % size), ids[0]);
    this.staged = (this.staged + 1) & 0xffff;
    this.posted.set(ids[0], { ids, token });
    return true;
  }

  kick() {
    const { port, staged, told } = this;
    if (staged === told) return false;
    port.store16Release(this.availIdx, staged);
    // The index must be visible before the device's wish is read, or neither side sees the other.
    port.fence();
    this.told = staged;
    const isWanted = this.eventIdx
      ? ((staged - port.load16Relaxed(this.availEvent) - 1) & 0xffff) < ((staged - told) & 0xffff)
      : (port.load16Relaxed(this.usedFlags) & NO_NOTIFY) === 0;
    if (isWanted) this.notifier.notify(staged);
    return isWanted;
  }

  poll() {
    return this.port.load16Acquire(this.usedIdx) !== this.seen;
  }

  getBuf() {
    if (!this.poll()) return undefined;
    const at = this.usedRing + 8 * (this.seen % this.size);
    const head = this.port.load32(at);
    this.usedLength = this.port.load32(at + 4);
    const buffer = this.posted.get(head);
    if (buffer === undefined) throw new Error(`the device returned ${head}, which is not outstanding`);
    this.posted.delete(head);
    this.free.push(...buffer.ids);
    this.seen = (this.seen + 1) & 0xffff;
    return buffer.token;
  }

  disableCallbacks() {
    if (!this.eventIdx) this.port.store16Relaxed(this.availFlags, NO_INTERRUPT);
  }

  enableCallbacks() {
    if (this.eventIdx) this.port.store16Relaxed(this.usedEvent, this.seen);
    else this.port.store16Relaxed(this.availFlags, 0);
    // The wish must be visible before the last look.
    this.port.fence();
    return !this.poll();
  }

  enableCallbacksDelayed() {
    return this.enableCallbacks();
  }
}
