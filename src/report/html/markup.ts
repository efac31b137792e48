import { escapeHtml } from '../escape-html.js';

/** Text that is HTML already. Nothing else gets into a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What a template takes: text is escaped, markup is not, null is nothing. */
export type Part = Markup | string | number | null | readonly Part[];

/** HTML with values in it, in the text of an element or a quoted attribute: what is not markup itself is escaped. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    strings.map((text, i) => (i === 0 ? text : render(parts[i - 1] ?? null) + text)).join(''),
  );
}

/** Nothing in it can end a script element. */
export function jsonForHtml(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
}

function render(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeHtml(String(part));
}
