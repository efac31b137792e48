import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.js';
import { ExploreError } from './errors.js';
import type { FailureKind } from './failure.js';
import type { ProfileName } from './models/model.js';
import { PROFILES } from './models/profiles.js';
import type { ProgramSpec } from './program-spec.js';
import type { ThreadEnd } from './recording.js';
import type { Script, ScriptEarlyRead } from './script.js';

/** All that a replay needs, but for the code itself. */
export interface ReplayToken {
  readonly profile: ProfileName;
  readonly spec: ProgramSpec;
  readonly script: Script;
}

/** The second one has early reads at its end. */
const VERSIONS = ['v1', 'v2'];
const KINDS: readonly FailureKind[] = ['assertion', 'lost-wakeup', 'race'];
const ENDS: readonly ThreadEnd[] = ['ended', 'asleep', 'threw', 'open'];
/** Words that many tokens hold: to name one of these costs three bytes. It is part of the versions. */
const DICTIONARY = Buffer.from(
  '{"program":{"site":"PackedDevice.PackedDriver.SplitDevice.enableKicks.interruptPrepare.publishUsed.SplitDriver.' +
    'publish.armAt.readUsedIdx.readAvailIdx.kickPrepare","kind":"load","update","store","fence","order":"plain"},' +
    '"relaxed"},"none"}]}]["packed",{"layout":"packed","buffers":2,"size":2,"eventIdx":true,"indirect":true,' +
    '"inOrder":true,"batch":1,"startIndex":65534,"weaken":[["split",{"layout":"split","buffers":2,"size":2,' +
    '"eventIdx":false,"indirect":false,"inOrder":false,"batch":1,"startIndex":0,"weaken":[{"site":"Split',
);
/** No token unpacks to more than that. */
const MAX_BYTES = 1 << 20;

/** `VERSION.PROFILE.PROGRAM.CHOICES`, all of it safe in a shell, a URL and a file name. */
export function encodeToken({ profile, spec, script }: ReplayToken): string {
  const json = Buffer.from(JSON.stringify([spec.program, spec.options]));
  const writer = new ByteWriter().number(json.length).raw(json);
  writeScript(writer, script);
  const content = writer.done();
  const check = crc32(content);
  const checked = new ByteWriter()
    .byte(check)
    .byte(check >>> 8)
    .raw(content)
    .done();
  const packed = deflateRawSync(checked, { level: 9, dictionary: DICTIONARY });
  const version = script.earlyReads.length === 0 ? 'v1' : 'v2';
  return [version, profile, slug(spec.program), packed.toString('base64url')].join('.');
}

/** Throws an {@link ExploreError} that says what is wrong with the text. */
export function decodeToken(text: string): ReplayToken {
  const [version = '', profileName = '', , packed = ''] = text.trim().split('.');
  if (!VERSIONS.includes(version)) {
    const what = /^v\d+$/.test(version)
      ? `is of version ${version.slice(1)}, this is for versions 1 and 2`
      : 'is none';
    throw new ExploreError(
      'REPLAY_TOKEN',
      `the replay token ${what}: it starts with "${version.slice(0, 20)}"`,
    );
  }
  const profile = PROFILES.find((name) => name === profileName);
  if (profile === undefined) {
    throw new ExploreError(
      'REPLAY_TOKEN',
      `the replay token names the profile "${profileName}", which is none`,
    );
  }
  try {
    return { profile, ...unpack(packed, version === 'v2') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExploreError('REPLAY_TOKEN', `the replay token is damaged or not complete (${reason})`);
  }
}

function unpack(packed: string, hasEarlyReads: boolean): { spec: ProgramSpec; script: Script } {
  const limits = { maxOutputLength: MAX_BYTES, dictionary: DICTIONARY };
  const bytes = inflateRawSync(Buffer.from(packed, 'base64url'), limits);
  const reader = new ByteReader(bytes);
  const check = reader.byte() | (reader.byte() << 8);
  if ((crc32(bytes.subarray(2)) & 0xffff) !== check) throw new RangeError('its checksum is wrong');
  const json: unknown = JSON.parse(Buffer.from(reader.raw(reader.number())).toString());
  return { spec: specOf(json), script: readScript(reader, hasEarlyReads) };
}

function specOf(json: unknown): ProgramSpec {
  const [program, options] = Array.isArray(json) ? (json as unknown[]) : [];
  if (typeof program !== 'string' || typeof options !== 'object' || options === null)
    throw new RangeError('it names no program');
  return { program, options: options as Record<string, unknown> };
}

function writeScript(
  writer: ByteWriter,
  { ends, threads, behind, checks, finding, earlyReads, otherRange }: Script,
): void {
  writer.number(ends.length);
  for (const end of ends) writer.byte(ENDS.indexOf(end));
  writer
    .byte(KINDS.indexOf(finding.kind))
    .number(finding.thread + 1)
    .number(finding.events.length);
  for (const e of finding.events) writer.number(e);
  writer.byte(finding.message).byte(finding.message >>> 8);
  // No access is to 0 bytes.
  writer.number(otherRange?.lengthBytes ?? 0);
  if (otherRange !== null) writer.number(otherRange.address);
  const runs = runsOf(threads);
  writer.number(runs.length);
  for (const { thread, length } of runs) writer.number(length * ends.length + thread);
  // Nearly all reads take the newest write, and nearly all writes are the newest.
  let last = 0;
  writer.number(behind.filter((count) => count > 0).length);
  behind.forEach((count, e) => {
    if (count === 0) return;
    writer.number(e - last).number(count);
    last = e;
  });
  for (const check of checks) writer.byte(check);
  if (earlyReads.length > 0) writer.number(earlyReads.length);
  for (const { read, write } of earlyReads) writer.number(read).number(write);
}

function readScript(reader: ByteReader, hasEarlyReads: boolean): Script {
  const threadCount = reader.number();
  const ends = list(threadCount, () => choice(ENDS, reader.byte()));
  const kind = choice(KINDS, reader.byte());
  const thread = reader.number() - 1;
  const events = list(reader.number(), () => reader.number());
  const message = reader.byte() | (reader.byte() << 8);
  const lengthBytes = reader.number();
  const otherRange = lengthBytes === 0 ? null : { lengthBytes, address: reader.number() };
  const threads = list(reader.number(), () => reader.number()).flatMap((run) =>
    list(Math.floor(run / threadCount), () => run % threadCount),
  );
  const behind = threads.map(() => 0);
  let last = 0;
  list(reader.number(), () => {
    last += reader.number();
    if (last >= behind.length) throw new RangeError('it chooses for an access that is not there');
    behind[last] = reader.number();
  });
  const checks = threads.map(() => reader.byte());
  const earlyReads = hasEarlyReads ? readEarlyReads(reader, threads.length) : [];
  if (!reader.isAtEnd) throw new RangeError('something is left over at its end');
  return {
    ends,
    threads,
    behind,
    checks,
    finding: { kind, thread, events, message },
    earlyReads,
    otherRange,
  };
}

function readEarlyReads(reader: ByteReader, length: number): ScriptEarlyRead[] {
  const earlyReads = list(reader.number(), () => ({ read: reader.number(), write: reader.number() }));
  if (earlyReads.some(({ read, write }) => read >= length || write >= length))
    throw new RangeError('it has an access read early that is not there');
  return earlyReads;
}

function runsOf(threads: readonly number[]): { thread: number; length: number }[] {
  const runs: { thread: number; length: number }[] = [];
  for (const thread of threads) {
    const run = runs.at(-1);
    if (run?.thread === thread) run.length += 1;
    else runs.push({ thread, length: 1 });
  }
  return runs;
}

function list<T>(length: number, item: () => T): T[] {
  if (length > MAX_BYTES) throw new RangeError('it is too long');
  return Array.from({ length }, item);
}

function choice<T>(choices: readonly T[], at: number): T {
  const chosen = choices[at];
  if (chosen === undefined) throw new RangeError('it holds a choice that there is not');
  return chosen;
}

/** What to call the program in the token: a module by its file. */
function slug(program: string): string {
  const name = program.split(/[/\\]/).at(-1) ?? '';
  return name.replace(/\.[a-z]+$/, '').replaceAll(/[^A-Za-z0-9_-]/g, '-') || 'program';
}
