import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { parentPort, type Worker } from 'node:worker_threads';
import { assert } from '../assert.js';
import { errorFromWire, errorToWire, WorkerFailure, type WireError } from '../errors.js';

// comlink is the control plane: one call to start a thread's work, one answer when it has ended. Two things it does
// not do by itself: an error loses its code and its fields, and a call to a thread that has died never settles.

/** What comlink's own handler sends for something thrown; only the shape is of interest. */
interface Thrown {
  readonly value: unknown;
}

function keepErrorFields(): void {
  const original = Comlink.transferHandlers.get('throw');
  assert(original !== undefined, 'comlink has no handler for errors');
  const handler: Comlink.TransferHandler<Thrown, WireError> = {
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize: ({ value }) => [errorToWire(value), []],
    deserialize: (wire) => {
      throw errorFromWire(wire);
    },
  };
  Comlink.transferHandlers.set('throw', handler);
}

keepErrorFields();

/** What every worker answers besides what it is for. */
interface Loaded {
  isLoaded(): true;
}

/** In a worker: answers calls of `api` from the thread that started it. */
export function serve(api: object): void {
  assert(parentPort !== null, 'this file is the entry of a worker thread');
  const loaded: Loaded = { isLoaded: () => true };
  Comlink.expose({ ...api, ...loaded }, nodeEndpoint(parentPort));
}

/** Calls into a worker; a call fails at once when the worker dies or has died. */
export class WorkerClient<Api extends object> {
  private readonly worker: Worker;
  private readonly remote: Comlink.Remote<Api>;
  private readonly death: Promise<never>;

  constructor(worker: Worker, name: string) {
    this.worker = worker;
    this.remote = Comlink.wrap<Api>(nodeEndpoint(worker));
    this.death = new Promise((_, reject) => {
      worker.once('exit', (code) => {
        reject(
          new WorkerFailure('WORKER_EXITED', `the ${name} thread ended with exit code ${code}`, {
            name,
            code,
          }),
        );
      });
      worker.once('error', (error) => {
        reject(new WorkerFailure('WORKER_THREW', `the ${name} thread died: ${error.message}`, { name }));
      });
      worker.once('messageerror', (error) => {
        reject(
          new WorkerFailure('WORKER_MESSAGE', `a message of the ${name} thread was lost: ${error.message}`, {
            name,
          }),
        );
      });
    });
    // Whoever calls learns of it; a worker that nobody is calling may die unheard, as it does at the end.
    this.death.catch(() => undefined);
  }

  /** Settles with the call, or fails with the worker. */
  call<T>(make: (remote: Comlink.Remote<Api>) => Promise<T>): Promise<T> {
    return Promise.race([make(this.remote), this.death]);
  }

  /** Settles when the worker has loaded its modules, which takes a second or more where the cores are busy. */
  async loaded(): Promise<void> {
    // Every worker's api has this besides its own.
    const remote = this.remote as unknown as Comlink.Remote<Loaded>;
    await Promise.race([remote.isLoaded(), this.death]);
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }
}
