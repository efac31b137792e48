// A thread that records events as fast as the reader takes them, or tells the time whenever it is asked.
// Plain JavaScript over the built files: worker threads cannot load TypeScript on Node 20.
import { parentPort, workerData } from 'node:worker_threads';
import { commonClockErrorNs, commonNowNs } from '../../../dist/src/clock.js';
import { EventWriter } from '../../../dist/src/events/event-ring.js';

const { buffer, count } = workerData;
if (buffer !== undefined) {
  const log = new EventWriter(buffer);
  for (let i = 0; i < count; i++) log.write('posted', i & 0xff, i, ~i, i * 3, i ^ 0x5555, i >>> 1);
  parentPort?.postMessage(count);
} else {
  parentPort?.on('message', () => {
    parentPort?.postMessage({ timeNs: commonNowNs(), errorNs: commonClockErrorNs() });
  });
}
