/** What the DMA path of one vCPU has done: plain numbers, for whoever reports them. */
export interface DmaStats {
  maps: number;
  unmaps: number;
  syncs: number;
  /** Mappings that went through a bounce buffer, of `maps`. */
  bounced: number;
  /** Bytes copied into bounce buffers, and out of them. */
  bytesBouncedIn: number;
  bytesBouncedOut: number;
  /** Mappings that were refused. */
  mappingErrors: number;
  /** Allocated for rings, in all. */
  coherentBytes: number;
  /** Pages made visible to the host, and hidden from it again. */
  pagesDecrypted: number;
  pagesEncrypted: number;
  /** Pages whose conversion the host refused: in an unknown state, and never used again. */
  pagesLeaked: number;
  /** With dynamic growth: pools of a single mapping, and pools that were added for good. */
  transientPools: number;
  grownPools: number;
}

export function newDmaStats(): DmaStats {
  return {
    maps: 0,
    unmaps: 0,
    syncs: 0,
    bounced: 0,
    bytesBouncedIn: 0,
    bytesBouncedOut: 0,
    mappingErrors: 0,
    coherentBytes: 0,
    pagesDecrypted: 0,
    pagesEncrypted: 0,
    pagesLeaked: 0,
    transientPools: 0,
    grownPools: 0,
  };
}
