import { ExitCode } from './exit-code.js';

/**
 * Every error that vring throws on purpose. `code` is stable, `exitCode` is what the process ends with when nobody
 * handles it, and `fields` holds the values by name, so that an error keeps them when it crosses a thread.
 */
export class VringError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly fields: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    message: string,
    exitCode: ExitCode,
    fields: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.exitCode = exitCode;
    this.fields = fields;
  }
}

/** Where in a scenario file something is wrong; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The user's fault: a scenario or an argument that cannot be run. */
export class ScenarioError extends VringError {
  constructor(
    code: string,
    message: string,
    fields: Readonly<Record<string, string | number>> = {},
    position?: SourcePosition,
  ) {
    const where = position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `;
    super(
      code,
      where + message,
      ExitCode.usage,
      position === undefined ? fields : { ...fields, ...position },
    );
  }
}

/** What the peer did wrong on the ring or the registers: the clause it broke, what was expected, what was seen. */
export interface ViolationDetail {
  /** Section of VIRTIO 1.4, for example `2.7.8`. */
  readonly section: string;
  readonly expected: string | number;
  readonly actual: string | number;
}

/** The peer's fault. Thrown by the side that noticed, after it has made its own state safe. */
export class ProtocolViolation extends VringError {
  readonly detail: ViolationDetail;

  constructor(code: string, message: string, detail: ViolationDetail) {
    super(
      code,
      `${message}: expected ${detail.expected}, got ${detail.actual} [virtio 1.4, ${detail.section}]`,
      ExitCode.safety,
      { section: detail.section, expected: detail.expected, actual: detail.actual },
    );
    this.detail = detail;
  }
}

/** A queue that was marked broken after a {@link ProtocolViolation} was used again. */
export class QueueBroken extends VringError {
  constructor(first: ProtocolViolation) {
    super('QUEUE_BROKEN', `the queue is broken since: ${first.message}`, ExitCode.safety, {
      first: first.code,
    });
    this.cause = first;
  }
}

/** No progress although there was work: a lost wakeup, a stuck device, a deadlock. */
export class LivenessError extends VringError {
  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super(code, message, ExitCode.liveness, fields);
  }
}

/** A worker thread ended or threw where it must not. */
export class WorkerFailure extends VringError {
  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super(code, message, ExitCode.internal, fields);
  }
}

/** Our fault: something that must always hold did not. */
export class InvariantError extends VringError {
  constructor(message: string) {
    super('INVARIANT', message, ExitCode.internal);
  }
}

/** An error as plain data, for the hop between threads: structured clone keeps no subclass and no extra field. */
export interface WireError {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly stack: string;
}

export function errorToWire(error: unknown): WireError {
  if (error instanceof VringError) {
    const { name, code, message, exitCode, fields, stack } = error;
    return { kind: name, code, message, exitCode, fields, stack: stack ?? '' };
  }
  const plain = error instanceof Error ? error : new Error(String(error));
  return {
    kind: plain.name,
    code: 'UNEXPECTED',
    message: plain.message,
    exitCode: ExitCode.internal,
    fields: {},
    stack: plain.stack ?? '',
  };
}

/** The other end of {@link errorToWire}. The class is VringError; `name` says which kind it was. */
export function errorFromWire(wire: WireError): VringError {
  const error = new VringError(wire.code, wire.message, wire.exitCode, wire.fields);
  error.name = wire.kind;
  error.stack = wire.stack;
  return error;
}
