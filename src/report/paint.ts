import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Puts a style around a text, or leaves the text as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/**
 * Whether `stream` gets colours: never with NO_COLOR, always with FORCE_COLOR, else where a person looks at
 * it. `styleText` can decide too, but from Node 22.13 on only, and it does not know TERM=dumb.
 */
export function painterFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  return isColoured(stream.isTTY === true, env) ? coloured : plain;
}

function isColoured(isTty: boolean, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = env;
  if (no !== undefined && no !== '') return false;
  // Node's own convention: FORCE_COLOR=0 is a refusal.
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}
