/** Which way the bytes of a mapped buffer go, in Linux' words (`enum dma_data_direction`) and with its values. */
export const DmaDirection = { bidirectional: 0, toDevice: 1, fromDevice: 2 } as const;
export type DmaDirection = (typeof DmaDirection)[keyof typeof DmaDirection];

const NAMES: Readonly<Record<DmaDirection, string>> = {
  [DmaDirection.bidirectional]: 'BIDIRECTIONAL',
  [DmaDirection.toDevice]: 'TO_DEVICE',
  [DmaDirection.fromDevice]: 'FROM_DEVICE',
};

/** The CPU may have written the buffer: the device must see that. */
export function goesToDevice(direction: DmaDirection): boolean {
  return direction !== DmaDirection.fromDevice;
}

/** The device may have written the buffer: the CPU must see that. */
export function comesFromDevice(direction: DmaDirection): boolean {
  return direction !== DmaDirection.toDevice;
}

export function directionName(direction: DmaDirection): string {
  return NAMES[direction];
}
