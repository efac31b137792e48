import { jsonForHtml, markup, type Markup } from './markup.js';

/**
 * All that the page was made from: a button saves it as `vring-NAME.json`, and a script can read it from the element
 * `data`.
 */
export function dataSection(name: string, data: unknown): Markup {
  return markup`<section id="raw"><h2>Raw data</h2>
<p>What this page was made from is part of it, as JSON.
<button id="save" type="button" hidden data-name="vring-${name}.json">save as a file</button></p>
<script type="application/json" id="data">${jsonForHtml(data)}</script></section>
`;
}

export const DATA_SCRIPT = `
const save = document.getElementById('save');
save.addEventListener('click', () => {
  const file = new Blob([document.getElementById('data').textContent], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = save.dataset.name;
  link.click();
  URL.revokeObjectURL(link.href);
});
save.hidden = false;
for (const button of document.querySelectorAll('.copy')) {
  if (!navigator.clipboard) continue;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.closest('div').querySelector('.command').textContent);
    button.textContent = 'copied';
  });
  button.hidden = false;
}
`;
