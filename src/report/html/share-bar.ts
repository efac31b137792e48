import { formatShare } from '../format.js';
import { markup, type Markup } from './markup.js';
import type { Colour } from './plot/figure.js';

export interface Share {
  readonly name: string;
  readonly share: number;
  readonly colour: Colour;
}

/** Parts of a whole as one bar, with their names and values below it. */
export function shareBar(title: string, shares: readonly Share[]): Markup {
  const present = shares.filter(({ share }) => share > 0);
  return markup`<div class="share keep"><strong>${title}</strong>
<div class="bar" aria-hidden="true">${present.map(
    ({ share, colour }) => markup`<span class="b${colour}" style="flex-grow:${share.toFixed(4)}"></span>`,
  )}</div>
<ul class="legend">${shares.map(
    ({ name, share, colour }) => markup`<li class="f${colour}">${name} ${formatShare(share)}</li>`,
  )}</ul></div>
`;
}
