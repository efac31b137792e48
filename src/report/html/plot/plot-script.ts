/** A line under the pointer, and what was measured there. The plots say all they have to say without it. */
export const PLOT_SCRIPT = `
for (const plot of document.querySelectorAll('.plot:not(.still)')) {
  const { heading, rows } = JSON.parse(plot.querySelector('script').textContent);
  const box = document.createElement('div');
  box.className = 'readout';
  box.hidden = true;
  plot.append(box);
  for (const svg of plot.querySelectorAll('svg')) {
    const at = svg.dataset.x.split(' ').filter((x) => x !== '').map(Number);
    const [high, low] = svg.dataset.inner.split(' ').map(Number);
    if (at.length === 0) continue;
    const cross = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    cross.setAttribute('class', 'cross');
    cross.setAttribute('y1', high);
    cross.setAttribute('y2', low);
    const hide = () => {
      cross.remove();
      box.hidden = true;
    };
    svg.addEventListener('pointerleave', hide);
    svg.addEventListener('pointermove', (event) => {
      const frame = svg.getBoundingClientRect();
      const x = ((event.clientX - frame.left) * svg.viewBox.baseVal.width) / frame.width;
      let i = at.findIndex((value) => value >= x);
      if (i === -1) i = at.length - 1;
      if (i > 0 && x - at[i - 1] < at[i] - x) i -= 1;
      cross.setAttribute('x1', at[i]);
      cross.setAttribute('x2', at[i]);
      svg.append(cross);
      const title = document.createElement('strong');
      title.textContent = heading[i];
      const table = document.createElement('table');
      for (const { name, colour, text } of rows) {
        const row = table.insertRow();
        const cell = row.insertCell();
        cell.textContent = name;
        cell.className = 'f' + colour;
        row.insertCell().textContent = text[i];
      }
      box.replaceChildren(title, table);
      box.hidden = false;
      const outer = plot.getBoundingClientRect();
      const left = frame.left - outer.left + (at[i] * frame.width) / svg.viewBox.baseVal.width;
      const isRight = left > outer.width / 2;
      const wanted = isRight ? left - box.offsetWidth - 12 : left + 12;
      box.style.left = Math.max(0, Math.min(outer.width - box.offsetWidth, wanted)) + 'px';
      box.style.top = Math.max(0, event.clientY - outer.top - box.offsetHeight / 2) + 'px';
    });
  }
}
`;
