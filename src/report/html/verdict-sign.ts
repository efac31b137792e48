import { markup, type Markup } from './markup.js';

const SIGNS = {
  pass: { sign: '✓', style: 'good' },
  fail: { sign: '✗', style: 'bad' },
  interrupted: { sign: '!', style: 'warn' },
} as const;

/** Told by its form, and not by its colour alone. */
export function verdictSign(verdict: keyof typeof SIGNS): Markup {
  const { sign, style } = SIGNS[verdict];
  return markup`<span class="${style}" role="img" aria-label="${verdict}">${sign}</span>`;
}
