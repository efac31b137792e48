import v8 from 'node:v8';

/** What a thread did to its JavaScript heap between two points. */
export interface HeapUse {
  /** Allocated, whether or not it was collected since. */
  readonly allocatedBytes: number;
  readonly minorCollections: number;
  readonly majorCollections: number;
}

/** Measures what the calling thread allocates, across collections. */
export class HeapMeter {
  private readonly profiler: v8.GCProfiler = new v8.GCProfiler();
  private usedBytes = 0;

  start(): void {
    this.profiler.start();
    this.usedBytes = usedHeapBytes();
  }

  stop(): HeapUse {
    let allocatedBytes = usedHeapBytes() - this.usedBytes;
    const { statistics } = this.profiler.stop();
    let majorCollections = 0;
    for (const { gcType, beforeGC, afterGC } of statistics) {
      allocatedBytes += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
      if (gcType.startsWith('MarkSweep')) majorCollections += 1;
    }
    const minorCollections = statistics.length - majorCollections;
    return { allocatedBytes, minorCollections, majorCollections };
  }
}

function usedHeapBytes(): number {
  return v8.getHeapStatistics().used_heap_size;
}
