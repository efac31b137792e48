/** The look of the ring viewer, in the colours of the page: the driver's is the first, the device's the second. */
export const VIEWER_STYLE = `
.rv { --driver: var(--c1); --device: var(--c2); --own: var(--c4); }
.rv [hidden] { display: none !important; }
.rv .driver { --side: var(--driver); } .rv .device { --side: var(--device); }
.rv-app { outline: none; border-radius: 8px; } .rv-app:focus-visible { outline: 2px solid var(--c1);
  outline-offset: 4px; }
.rv-bar { position: sticky; top: 0; z-index: 2; background: var(--paper); padding: .5rem 0; display: grid;
  gap: .4rem .8rem;
  grid-template-columns: auto 1fr auto; align-items: center; border-bottom: 1px solid var(--line); }
.rv-buttons { display: flex; gap: .25rem; } .rv-buttons button { min-width: 2.2rem; padding: .3rem .45rem;
  line-height: 1; }
.rv-buttons svg { width: 14px; height: 14px; fill: currentColor; display: block; margin: auto; }
.rv-slider { width: 100%; min-width: 0; accent-color: var(--c1); }
.rv-count { font-size: .85rem; color: var(--dim); white-space: nowrap; min-width: 7.5rem; text-align: right; }
.rv-life { font: inherit; font-size: .85rem; max-width: 100%; margin: .2rem 0 .5rem; color: var(--ink);
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .4rem; }
.rv-now { display: grid; grid-template-columns: 5rem 1fr auto; gap: .2rem .7rem; align-items: baseline;
  min-height: 4.6rem;
  padding: .7rem .8rem; margin: .7rem 0; max-width: none; background: var(--raised); border-radius: 8px;
  border-left: 4px solid var(--side, var(--line)); }
.rv-who { color: var(--side); font-weight: 650; } .rv-text { font-size: 1.02rem; overflow-wrap: anywhere; }
.rv-note { grid-column: 2 / -1; color: var(--dim); font-size: .85rem; }
.rv-section { font: .8rem var(--mono); color: var(--dim); white-space: nowrap; }
.rv-sides { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
.rv-side { border: 1px solid var(--line); border-top: 3px solid var(--side); border-radius: 6px;
  padding: .45rem .7rem .55rem; }
.rv h3 { font-size: .95rem; margin: 0 0 .3rem; } .rv h3 small { font-weight: 400; color: var(--dim); }
.rv-side h3 { color: var(--side); } .rv-side h3::first-letter { text-transform: uppercase; }
.rv-indirect { margin-top: 1.2rem; }
.rv-side dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .1rem .8rem; margin: 0;
  font-size: .85rem; }
.rv-side dl > div { display: flex; justify-content: space-between; gap: .5rem; border-bottom: 1px solid var(--grid); }
.rv-side dt { color: var(--dim); } .rv-side dd { margin: 0; font: .95em var(--mono); white-space: nowrap; }
.rv-side .changed dd { background: color-mix(in srgb, var(--side) 24%, transparent); border-radius: 3px; }
.rv-memory { display: grid; grid-template-columns: minmax(0, 2.1fr) minmax(0, 1fr) minmax(0, 1.15fr); gap: 1rem;
  margin: 1rem 0; }
.rv-memory.packed { grid-template-columns: minmax(0, 3fr) minmax(0, 1fr); }
.rv-memory.packed > [data-table=desc] { grid-row: 1 / span 3; }
.rv-table { border-top: 3px solid var(--side, var(--line)); padding-top: .35rem; min-width: 0; align-self: start; }
.rv-table table { width: 100%; font: 12.5px/1.35 var(--mono); }
.rv-table th, .rv-table td { padding: .12rem .3rem; white-space: nowrap; }
.rv-table thead th { font: .75rem system-ui, sans-serif; }
.rv-table th.at { color: var(--dim); font-weight: 400; text-align: right; width: 1%; }
.rv-table tbody tr.off td { color: var(--dim); } .rv-table td small { color: var(--dim); }
.rv-words { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; margin: 0 0 .5rem;
  font: 12.5px/1.55 var(--mono); }
.rv-words dt { color: var(--dim); } .rv-words dd { margin: 0; padding: 0 .3rem; text-align: right; }
.rv .hit { background: color-mix(in srgb, var(--hit) 28%, transparent); box-shadow: inset 0 0 0 1.5px var(--hit);
  border-radius: 3px; color: var(--ink) !important; }
.rv .hit.read { background: none; box-shadow: inset 0 0 0 1.5px var(--hit); }
.rv .own { text-decoration: underline 2px var(--own); text-underline-offset: 3px; }
.rv-pin { display: inline-block; color: var(--side); font-style: normal; font-size: .8em; margin-right: .1rem; }
.rv-key { font-size: .75rem; color: var(--dim); margin: .3rem 0 0; display: flex; flex-wrap: wrap; gap: 0 .7rem; }
.rv-pages { display: flex; gap: .4rem; align-items: center; font-size: .8rem; color: var(--dim); margin: .3rem 0; }
.rv-pages button { padding: 0 .45rem; }
.rv-chips { display: flex; flex-wrap: wrap; gap: .3rem; min-height: 1.8rem; }
.rv-chips button { padding: .05rem .5rem; border-radius: 1rem; border: 1.5px solid var(--state, var(--line));
  font-size: .8rem; }
.rv-chips .mine { border-color: var(--driver); } .rv-chips .theirs { border-color: var(--device); }
.rv-chips .done { border-style: dashed; border-color: var(--device); }
.rv-chips [aria-pressed=true] { background: color-mix(in srgb, var(--own) 25%, transparent); }
.rv-jump { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; font-size: .85rem; margin: .5rem 0; }
.rv-jump input { width: 6rem; font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--line);
  border-radius: 6px; padding: .1rem .4rem; }
.rv-followed { min-height: 7rem; } .rv-followed p { margin: .2rem 0; font-size: .9rem; }
.rv-stages { display: grid; grid-template-columns: repeat(6, 1fr); list-style: none; padding: 0; margin: .5rem 0;
  font-size: .8rem; }
.rv-stages li { border-top: 3px solid var(--grid); padding-top: .3rem; text-align: center; }
.rv-stages li.past { border-color: var(--side); } .rv-stages button { border: none; background: none; padding: 0;
  color: inherit;
  text-decoration: underline dotted; white-space: normal; }
.rv-legs { display: flex; height: 1.1rem; gap: 2px; margin: .4rem 0 .2rem; }
.rv-legs i { min-width: 3px; border-radius: 2px; background: var(--side); } .rv-legs i.between { opacity: .45; }
.rv-log ol { list-style: none; margin: .4rem 0; padding: 0; font-size: .85rem; }
.rv-log button { display: grid; grid-template-columns: 3.6rem 3.6rem 1fr; gap: .5rem; width: 100%;
  text-align: left; border: none;
  background: none; padding: .12rem .3rem; border-radius: 4px; border-left: 3px solid var(--side); }
.rv-log .n { color: var(--dim); text-align: right; font-family: var(--mono); } .rv-log b { color: var(--side);
  font-weight: 600; }
.rv-log [aria-current] { background: var(--mark); } .rv-log summary { cursor: pointer; font-weight: 600; }
.rv-plain { overflow-x: auto; max-height: 32rem; overflow-y: auto; } .rv-plain td { white-space: nowrap; }
.rv kbd { font: .85em var(--mono); border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem;
  background: var(--raised); }
@media (max-width: 60rem) { .rv-memory { grid-template-columns: 1fr 1fr; }
.rv-memory > [data-table=desc] { grid-column: 1 / -1; }
  .rv-memory.packed { grid-template-columns: 1fr 1fr; } .rv-memory.packed > [data-table=desc] { grid-row: auto; } }
@media (max-width: 34rem) { .rv-bar { grid-template-columns: 1fr auto; } .rv-slider { grid-column: 1 / -1; order: 3; }
  .rv-sides { grid-template-columns: 1fr; } .rv-now { grid-template-columns: 1fr auto; min-height: 7rem; }
  .rv-text, .rv-note { grid-column: 1 / -1; } .rv-stages { grid-template-columns: repeat(3, 1fr); row-gap: .5rem; }
  .rv-table th, .rv-table td { padding: .12rem .2rem; } .rv-table table, .rv-words { font-size: 11.5px; }
  .rv-table[data-table=desc] td { white-space: normal; }
  .rv-log button { grid-template-columns: 2.9rem 3.2rem 1fr; gap: .35rem; } }
@media print { .rv-app { display: none; } .rv-plain { display: block !important; max-height: none; } }
`;
