import { markup, type Markup } from './markup.js';

const SIGNS = {
  pass: { sign: '✓', style: 'good' },
  fail: { sign: '✗', style: 'bad' },
  interrupted: { sign: '!', style: 'warn' },
} as const;

export type SignedVerdict = keyof typeof SIGNS;

/** Told by its form, and not by its colour alone. */
export function verdictSign(verdict: SignedVerdict): Markup {
  const { sign, style } = SIGNS[verdict];
  return markup`<span class="${style}" role="img" aria-label="${verdict}">${sign}</span>`;
}

/** The same behind a word for it, which says what a reader wants to know first. */
export function verdictTitle(verdict: SignedVerdict, word: string, name: string): Markup {
  return markup`<h1>${verdictSign(verdict)} <span class="${SIGNS[verdict].style}">${word}</span> ${name}</h1>`;
}
