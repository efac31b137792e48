import { ExitCode } from '../exit-code.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * The user's way out: asked once, the run ends in good order and reports; asked twice, the process is gone.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  private readonly onFirst: () => void;

  constructor(onFirst: () => void) {
    this.onFirst = onFirst;
    for (const name of SIGNALS) process.on(name, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Gives the signals back to Node. */
  dispose(): void {
    for (const name of SIGNALS) process.off(name, this.onSignal);
  }

  private readonly onSignal = (): void => {
    if (this.signal.aborted) process.exit(ExitCode.interrupted);
    this.controller.abort();
    this.onFirst();
  };
}
