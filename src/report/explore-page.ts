/** What only the page of a failure has. */
export const PAGE_STYLE = `
:root { --rf: var(--c1); --key: var(--warn); }
.top { padding-right: 4.5rem; }
svg text, .memory { font: 13px/1.4 var(--mono); }
.panes { display: flex; gap: 1rem; align-items: flex-start; }
.lanes { overflow-x: auto; flex: 1 1 auto; min-width: 0; } .lanes svg { display: block; }
.memory { position: sticky; top: 4rem; flex: 0 0 auto; max-height: 85vh; overflow-y: auto; }
.memory td { padding: .1rem .6rem .1rem 0; } .memory .changed td { background: var(--mark); }
.memory .held { color: var(--bad); }
#stepper { position: sticky; top: 0; background: var(--paper); padding: .4rem 0; z-index: 1; }
#stepper[hidden] { display: none; } #stepper label { margin-right: .4rem; }
#stepper input { width: min(40vw, 30rem); vertical-align: middle; }
#now { display: block; min-height: 1.5em; font: 13px/1.5 var(--mono); }
svg text { fill: var(--ink); } svg .lane { font-weight: 600; } svg .number { text-anchor: end; fill: var(--dim); }
svg .axis { stroke: var(--line); } svg circle { fill: var(--ink); }
svg .plain text { fill: var(--dim); } svg .plain circle { fill: var(--dim); }
svg .key text { fill: var(--key); font-weight: 600; } svg .key circle { fill: var(--key); }
svg .early text, svg .stale text, svg .held text, svg .asleep text { fill: var(--bad); }
svg .early circle, svg .stale circle, svg .held circle, svg .asleep circle { fill: var(--bad); }
svg .rf { stroke: var(--rf); fill: none; opacity: .65; } svg .rf-tip { fill: var(--rf); }
svg path.early { stroke: var(--bad); fill: none; }
svg .missed { stroke: var(--bad); fill: none; stroke-dasharray: 5 4; } svg .stale-tip { fill: var(--bad); }
svg .event { cursor: pointer; }
svg .event text { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
svg .future { opacity: .25; } svg .present { text-decoration: underline; }
@media (max-width: 820px) { .panes { flex-direction: column; align-items: stretch; }
  .memory { position: static; max-height: none; order: -1; overflow-x: auto; } }
@media print { #stepper, .memory { display: none; } .lanes { overflow: visible; }
  .lanes svg { max-width: 100%; height: auto; } }
`;

/** Steps through the accesses. The page says all it has to say without this. */
export const PAGE_SCRIPT = `
const { cells, rows } = JSON.parse(document.getElementById('steps').textContent);
const [slider, now, memory] = ['step', 'now', 'memory'].map((id) => document.getElementById(id));
function show(step) {
  const values = cells.map(([, initial]) => initial);
  const held = new Map();
  rows.slice(0, step).forEach((row, i) => {
    if (row.held && row.held[2] > step) held.set(row.held[0], row.held[1]);
    for (const [cell, value] of row.arrives) values[cell] = value;
  });
  const changed = new Set(step === 0 ? [] : rows[step - 1].arrives.map(([cell]) => cell));
  const table = document.createElement('table');
  cells.forEach(([name], i) => {
    const tr = table.insertRow();
    tr.className = changed.has(i) ? 'changed' : '';
    tr.insertCell().textContent = name;
    tr.insertCell().textContent = values[i];
    const late = tr.insertCell();
    late.className = 'held';
    late.textContent = held.has(i) ? '(' + held.get(i) + ' is not there yet)' : '';
  });
  memory.replaceChildren(table);
  now.textContent = step === 0 ? 'before the first access' : rows[step - 1].text + '   ' + rows[step - 1].where;
  for (const g of document.querySelectorAll('[data-row]')) {
    g.classList.toggle('future', step > 0 && Number(g.dataset.row) > step);
    g.classList.toggle('present', Number(g.dataset.row) === step);
  }
  for (const path of document.querySelectorAll('[data-to]'))
    path.classList.toggle('future', step > 0 && Number(path.dataset.to) > step);
}
function move(to) {
  slider.value = to;
  show(Number(slider.value));
}
slider.addEventListener('input', () => show(Number(slider.value)));
document.getElementById('back').addEventListener('click', () => move(Number(slider.value) - 1));
document.getElementById('next').addEventListener('click', () => move(Number(slider.value) + 1));
for (const g of document.querySelectorAll('[data-row]')) g.addEventListener('click', () => move(g.dataset.row));
document.getElementById('stepper').hidden = false;
memory.hidden = false;
show(0);
`;
