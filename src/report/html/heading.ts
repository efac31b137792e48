import { markup, type Markup } from './markup.js';

/** `2026-11-23 06:47:10 UTC`, of an ISO 8601 time. */
export function startedText(startedAt: string): string {
  return `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
}

/** A command, with a button that copies it. */
export function commandPart(caption: string, command: string): Markup {
  return markup`<div class="again"><p class="dim">${caption} <button type="button" class="copy" hidden>copy</button></p>
<pre class="command">${command}</pre></div>
`;
}

/** What makes the figures of a page worth less than they look. */
export function warningsPart(warnings: readonly string[]): readonly Markup[] {
  return warnings.map((text) => markup`<p class="warn">! ${text}</p>\n`);
}

/** Links to the sections of a page, as pairs of an id and a title. */
export function contentsPart(links: readonly (readonly [id: string, title: string])[]): Markup {
  return markup`<nav aria-label="contents">${links.map(([id, title]) => markup`<a href="#${id}">${title}</a> `)}</nav>`;
}
