import { describe, expect, it } from 'vitest';
import { jsonForHtml, markup } from '../../../../src/report/html/markup.js';

describe('markup', () => {
  it('escapes text in elements and attributes, and takes markup as it is', () => {
    const inner = markup`<b>${'a < b & "c"'}</b>`;
    expect(markup`<p title="${`"'`}">${inner}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>a &lt; b &amp; &quot;c&quot;</b></p>',
    );
  });

  it('joins lists of any depth, and leaves out what is null', () => {
    expect(markup`${[markup`<i>`, [null, 1, ['&']]]}${null}.`.text).toBe('<i>1&amp;.');
  });

  it('writes JSON that cannot end its element, and is the same data', () => {
    const value = { text: '</script><!--', list: [1, null] };
    const { text } = jsonForHtml(value);
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual(value);
  });
});
