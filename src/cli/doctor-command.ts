import type { Command } from '@commander-js/extra-typings';
import { unreachable } from '../assert.js';
import { ExitCode } from '../exit-code.js';
import { readEnvironment } from '../report/environment.js';
import { formatBytes } from '../report/format.js';
import { packageInfo } from '../report/package-info.js';
import type { Paint } from '../report/paint.js';
import { doctorChecks, type DoctorCheck } from './doctor-checks.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('check that this machine can run and measure')
    .option('--json', 'one JSON document on stdout')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .action(({ json, color }) => examine(terminal, json === true, color));
}

async function examine(terminal: Terminal, json: boolean, color: boolean): Promise<void> {
  const environment = readEnvironment();
  const checks = await doctorChecks(environment, packageInfo().engines.node);
  const sick = checks.some(({ status }) => status === 'fail');
  const exitCode = sick ? ExitCode.internal : ExitCode.pass;
  process.exitCode = exitCode;
  if (json) {
    const verdict = sick ? 'fail' : 'pass';
    writeJson(terminal, { schemaVersion: 1, command: 'doctor', verdict, exitCode, environment, checks });
    return;
  }
  const { vring_version, node_version, platform, arch, cpu_model, memory_bytes } = environment;
  const machine = `${platform} ${arch}, ${cpu_model}, ${formatBytes(memory_bytes)}`;
  terminal.stdout.write(`vring ${vring_version}, Node ${node_version}, ${machine}\n`);
  const paint = stdoutPaint(terminal, color);
  for (const check of checks) terminal.stdout.write(`${checkLine(check, paint)}\n`);
}

function checkLine({ name, status, detail }: DoctorCheck, paint: Paint): string {
  const text = `${name.padEnd(17)} ${detail}`;
  switch (status) {
    case 'ok':
      return `${paint('green', '✓')} ${text}`;
    case 'warn':
      return `${paint('yellow', '!')} ${text}`;
    case 'fail':
      return `${paint('red', '✗')} ${text}`;
    default:
      return unreachable(status);
  }
}
