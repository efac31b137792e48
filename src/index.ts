/**
 * The public face of the library: the memory port and the two ends of a virtqueue, for people who test a driver or a
 * device of their own, and the scenario runner for those who drive vring from a program.
 */
export * from './errors.js';
export { ExitCode } from './exit-code.js';
export { CheckedDma } from './dma/checked-dma.js';
export { DmaDirection } from './dma/direction.js';
export { type CoherentMemory, DMA_MAPPING_ERROR, type DmaApi } from './dma/dma-api.js';
export { Allocator } from './memory/allocator.js';
export { Doorbell } from './memory/doorbell.js';
export type { MemoryPort, WaitResult } from './memory/port.js';
export { SharedMemory } from './memory/shared-memory.js';
export { Chain } from './virtqueue/chain.js';
export { DmaDriver } from './virtqueue/dma-driver.js';
export { IndirectTables } from './virtqueue/indirect-tables.js';
export { PackedDevice } from './virtqueue/packed-device.js';
export { PackedDriver } from './virtqueue/packed-driver.js';
export { initPackedRing } from './virtqueue/packed-init.js';
export { type PackedLayout, packedLayout, packedParts } from './virtqueue/packed-layout.js';
export type { DeviceQueue, DriverQueue, Notifier, QueueOptions } from './virtqueue/queue.js';
export { ScatterList } from './virtqueue/scatter-list.js';
export type { DeviceEnd, DriverEnd, EndOptions } from './virtqueue/queue-ends.js';
export { SplitDevice } from './virtqueue/split-device.js';
export { type IndirectUse, SplitDriver } from './virtqueue/split-driver.js';
export { initSplitRing } from './virtqueue/split-init.js';
export { type RingAddresses, type SplitLayout, splitLayout, splitParts } from './virtqueue/split-layout.js';
export type { JobReport } from './machine/job-report.js';
export { type JobHooks, runJob } from './machine/run-job.js';
export { loadScenario } from './scenario/load.js';
export type { JobPlan, ScenarioPlan } from './scenario/plan.js';
export type { EndFeature, EndsModule } from './explore/load-ends.js';
export type { ProgramExport } from './explore/load-program.js';
export { Order } from './explore/order.js';
export type { ExplorerPort } from './explore/port.js';
export type { Program, ProgramThread } from './explore/program.js';
export type { ProgramOptions } from './explore/programs/catalogue.js';
