import { markup, type Markup, type Part } from './markup.js';

export interface Column {
  readonly title: string;
  /** Right-aligned, in one line. */
  readonly isNumber?: boolean;
}

/** A table that scrolls by itself where it is wider than the page. The first cell of a row is its heading. */
export function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly Part[])[],
  label: string,
): Markup {
  const head = columns.map(({ title, isNumber }) =>
    isNumber === true
      ? markup`<th scope="col" class="n">${title}</th>`
      : markup`<th scope="col">${title}</th>`,
  );
  const body = rows.map(
    (row) => markup`<tr>${row.map((part, i) => cell(part, i, columns[i]?.isNumber === true))}</tr>
`,
  );
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>
`;
}

/** Pairs of a name and what it is. */
export function factsOf(facts: readonly (readonly [name: string, value: Part])[]): Markup {
  return markup`<table class="facts"><tbody>${facts.map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  )}</tbody></table>
`;
}

function cell(part: Part, i: number, isNumber: boolean): Markup {
  if (i === 0) return markup`<th scope="row">${part}</th>`;
  return isNumber ? markup`<td class="n">${part}</td>` : markup`<td>${part}</td>`;
}
