/** Bits of the device status field (virtio 1.4, 2.1). */
export const Status = {
  acknowledge: 1,
  driver: 2,
  driverOk: 4,
  featuresOk: 8,
  suspend: 16,
  needsReset: 64,
  failed: 128,
} as const;

/** Bits of InterruptStatus (4.2.2): why the device interrupted. */
export const InterruptCause = { usedBuffer: 1, configChange: 2 } as const;
