import readline from 'node:readline';
import { nowMs } from '../clock.js';
import type { JobProgress } from '../machine/job-report.js';
import { formatCount, formatEta, formatNs, formatRate, formatRatio, formatShare } from './format.js';

/**
 * `auto`: a line that is redrawn where a person looks, else a plain one now and then. `always`: often,
 * everywhere.
 */
export type ProgressMode = 'auto' | 'always' | 'never';

export const PROGRESS_MODES = ['auto', 'always', 'never'] as const;

export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  readonly mode: ProgressMode;
  readonly env: NodeJS.ProcessEnv;
  /** Another clock, for tests. */
  readonly now?: () => number;
}

const REDRAW_MS = 1000;
const PLAIN_LINE_MS = 15_000;
const COLUMNS = 80;

/** The status line. Update it as often as you like: it draws when it is time to. */
export class Progress {
  private readonly stream: ProgressStream;
  private readonly now: () => number;
  private readonly redraws: boolean;
  private readonly intervalMs: number;
  private nextDrawMs: number;
  private lineShown = false;

  constructor({ stream, mode, env, now = nowMs }: ProgressOptions) {
    const ci = env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false';
    this.stream = stream;
    this.now = now;
    this.redraws = stream.isTTY === true && env['TERM'] !== 'dumb' && !ci;
    this.intervalMs = this.redraws || mode === 'always' ? REDRAW_MS : PLAIN_LINE_MS;
    // A log gets its first line only after a while: a short run leaves none.
    const firstMs = this.redraws || mode === 'always' ? 0 : PLAIN_LINE_MS;
    this.nextDrawMs = mode === 'never' ? Infinity : now() + firstMs;
  }

  update(progress: JobProgress): void {
    this.show(() => progressLine(progress));
  }

  /** Shows the line that `makeLine` returns; it is asked only when it is time to draw. */
  show(makeLine: () => string): void {
    const now = this.now();
    if (now < this.nextDrawMs) return;
    this.nextDrawMs = now + this.intervalMs;
    const line = makeLine();
    if (!this.redraws) {
      this.stream.write(`${line}\n`);
      return;
    }
    this.clear();
    // A line that wraps could not be taken back. Some terminals claim to have no column at all.
    const columns = this.stream.columns ?? 0;
    this.stream.write(line.slice(0, (columns > 0 ? columns : COLUMNS) - 1));
    this.lineShown = true;
  }

  /** Takes the line off the screen: before anything else is written there, and at the end. */
  clear(): void {
    if (!this.lineShown) return;
    this.lineShown = false;
    readline.cursorTo(this.stream, 0);
    readline.clearLine(this.stream, 0);
  }
}

/** `randread 41% 1.92M op/s fill=25% p99=41.2us kicks/op=0.08 irqs/op=0.11 errors=0 viol=0 eta 0m23s`. */
export function progressLine(progress: JobProgress): string {
  const { share, p99Ns, elapsedMs } = progress;
  const parts = [progress.name];
  if (share !== null) parts.push(`${Math.floor(share * 100)}%`);
  parts.push(formatRate(progress.operationsPerS));
  parts.push(`fill=${formatShare(Math.round(progress.ringFill * 100) / 100).replace(' ', '')}`);
  if (p99Ns !== null) parts.push(`p99=${formatNs(p99Ns).replace(' ', '')}`);
  parts.push(`kicks/op=${formatRatio(progress.kicksPerOperation)}`);
  parts.push(`irqs/op=${formatRatio(progress.interruptsPerOperation)}`);
  parts.push(`errors=${formatCount(progress.errors)}`);
  parts.push(`viol=${formatCount(progress.violations)}`);
  const etaS = share === null || share === 0 ? null : (elapsedMs * (1 - share)) / share / 1000;
  parts.push(etaS === null ? `elapsed ${formatEta(elapsedMs / 1000)}` : `eta ${formatEta(etaS)}`);
  return parts.join(' ');
}
