/** A place in the code under exploration that makes an access. */
export interface Site {
  /** Class and method or function: `SplitDriver.publish`. */
  readonly name: string;
  /** Where it is in the file that runs; `source-position.ts` finds the line that a person wrote. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The port's own frames; the next one makes the access. */
const PORT_FILE = /[/\\]explore[/\\]port\.(js|ts)$/;

const FRAMES = 16;

/**
 * The code that is making an access right now: the nearest caller outside of the explorer. A stack trace costs some
 * microseconds, so this is for new events only, and only where somebody asks for it.
 */
export function currentSite(): Site {
  const { stackTraceLimit: limit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  Error.stackTraceLimit = FRAMES;
  Object.defineProperty(Error, 'prepareStackTrace', { value: callSites, configurable: true, writable: true });
  const holder: { stack?: NodeJS.CallSite[] } = {};
  Error.captureStackTrace(holder, currentSite);
  const frames = holder.stack ?? [];
  Error.stackTraceLimit = limit;
  if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
  else Object.defineProperty(Error, 'prepareStackTrace', prepare);
  const port = frames.findIndex((candidate) => PORT_FILE.test(candidate.getFileName() ?? ''));
  const frame = frames[port + 1];
  return {
    name: nameOf(frame),
    file: frame?.getFileName() ?? '',
    line: frame?.getLineNumber() ?? 0,
    column: frame?.getColumnNumber() ?? 0,
  };
}

function callSites(_: unknown, frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  return frames;
}

function nameOf(frame: NodeJS.CallSite | undefined): string {
  const method = frame?.getFunctionName() ?? '';
  const type = frame?.getTypeName() ?? '';
  const isMethod = type !== '' && type !== 'Object' && type !== 'undefined' && !method.startsWith(`${type}.`);
  return isMethod ? `${type}.${method}` : method;
}
