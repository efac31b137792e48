/** Numbers for people: three digits and a unit. Machines get base units from the JSON report. */

const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'];
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const TIME_UNITS = ['ns', 'us', 'ms', 's'];

/** `1.92M`. */
export function formatCount(count: number): string {
  const { digits, unit } = scaled(count, 1000, COUNT_UNITS);
  return digits + unit;
}

/** `1.92M op/s`. */
export function formatRate(operationsPerS: number): string {
  return `${formatCount(operationsPerS)} op/s`;
}

/** `7.5 GiB`. */
export function formatBytes(bytes: number): string {
  const { digits, unit } = scaled(bytes, 1024, BYTE_UNITS);
  return `${digits} ${unit}`;
}

/** `7.5 GiB/s`. */
export function formatBytesPerS(bytesPerS: number): string {
  return `${formatBytes(bytesPerS)}/s`;
}

/** `41.2 us`. */
export function formatNs(ns: number): string {
  const { digits, unit } = scaled(ns, 1000, TIME_UNITS);
  return `${digits} ${unit}`;
}

/** `2.5 s`, `150 ms`. */
export function formatSeconds(seconds: number): string {
  return formatNs(seconds * 1e9);
}

/** `92 %`, of a share from 0 to 1. A share that is not 0 never reads as 0. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0001) return '<0.01 %';
  return `${Number((share * 100).toPrecision(share < 0.1 ? 2 : 3))} %`;
}

/** `0.08`: how often something happens for each operation. */
export function formatRatio(ratio: number): string {
  if (ratio > 0 && ratio < 0.0001) return '<0.0001';
  return ratio >= 100 ? formatCount(ratio) : String(Number(ratio.toPrecision(2)));
}

/** `0m23s`. */
export function formatEta(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${twoDigits(whole % 60)}s`;
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
}

/** A threshold's value, in the unit that the metric's name ends with. */
export function formatMetric(metric: string, value: number): string {
  if (metric.endsWith('_ns')) return formatNs(value);
  if (metric.endsWith('bytes_per_s')) return formatBytesPerS(value);
  if (metric.endsWith('bytes')) return formatBytes(value);
  if (metric.endsWith('_per_s')) return `${formatCount(value)}/s`;
  if (metric.endsWith('_s')) return formatSeconds(value);
  if (metric.endsWith('_share')) return formatShare(value);
  return Number.isInteger(value) ? formatCount(value) : formatRatio(value);
}

/** `1 job`, `2 jobs`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

interface Scaled {
  readonly digits: string;
  readonly unit: string;
}

function scaled(value: number, step: number, units: readonly string[]): Scaled {
  let rest = value;
  let index = 0;
  // Rounded before it is compared: 999.9 must become 1 of the next unit, not 1000 of this one.
  while (threeDigits(rest) >= step && index < units.length - 1) {
    rest /= step;
    index++;
  }
  return { digits: String(threeDigits(rest)), unit: units[index] as string };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function threeDigits(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
