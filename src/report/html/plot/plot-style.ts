export const PLOT_STYLE = `
.plot { position: relative; margin: .6rem 0; } .plot svg { display: block; max-width: 100%; height: auto; }
.plot .narrow { display: none; }
.plot svg { touch-action: pan-y; }
.plot text { font: 12.5px system-ui, sans-serif; fill: var(--dim); font-variant-numeric: tabular-nums; }
.plot .narrow text { font-size: 11px; }
.plot text.axis-title { fill: var(--ink); } .plot text.name, .plot text.lane-label { font-weight: 600; }
.plot .grid { stroke: var(--grid); fill: none; } .plot line.axis { stroke: var(--dim); }
.plot .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; } .plot .faint { stroke-width: 1; opacity: .75; }
.plot .level { stroke: var(--dim); stroke-dasharray: 2 3; }
.plot .band rect { fill: var(--raised); }
.plot .through { fill: none; stroke-dasharray: 4 3; opacity: .7; } .plot .ticks { fill: none; stroke-width: 1.5; }
.plot .cross { stroke: var(--dim); } 
.row { color: var(--dim); } .row.good { color: var(--good); } .row.bad { color: var(--bad); }
.row.warn { color: var(--warn); } .row.first { color: var(--c1); }
.row text { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.plot text.row-name { fill: var(--ink); } .plot text.row-text { fill: currentColor; font-weight: 600; }
.row .rule { stroke: var(--grid); } .row .range { fill: none; stroke: currentColor; stroke-width: 1.75; }
.row .sample { fill: var(--paper); stroke: currentColor; stroke-width: 1.25; } .row .mark { fill: currentColor; }
.row .mark.hollow { fill: var(--paper); stroke: currentColor; stroke-width: 1.75; }
.plot .noise { fill: var(--mark); } .plot .middle { stroke: var(--dim); stroke-width: 1.5; }
.s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
.s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); }
.plot text.f1, .f1 { fill: var(--c1); } .plot text.f2, .f2 { fill: var(--c2); } .plot text.f3, .f3 { fill: var(--c3); }
.plot text.f4, .f4 { fill: var(--c4); } .plot text.f5, .f5 { fill: var(--c5); } .plot text.f6, .f6 { fill: var(--c6); }
.b1 { background: var(--c1); } .b2 { background: var(--c2); } .b3 { background: var(--c3); }
.b4 { background: var(--c4); } .b5 { background: var(--c5); } .b6 { background: var(--c6); }
li.f1, td.f1 { color: var(--c1); } li.f2, td.f2 { color: var(--c2); } li.f3, td.f3 { color: var(--c3); }
li.f4, td.f4 { color: var(--c4); } li.f5, td.f5 { color: var(--c5); } li.f6, td.f6 { color: var(--c6); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; list-style: none; margin: .3rem 0; padding: 0;
  font-size: .8rem; font-weight: 600; }
.legend li::before { content: ''; display: inline-block; width: 1.1rem; height: 0; margin-right: .4rem;
  border-top: 3px solid currentColor; vertical-align: middle; }
.readout { position: absolute; top: 0; left: 0; pointer-events: none; z-index: 2; padding: .35rem .6rem;
  font-size: .8rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 6px; box-shadow: 0 2px 8px #0003; }
.readout td { border: 0; padding: 0 .5rem 0 0; white-space: nowrap; }
.readout td:last-child { padding: 0; text-align: right; }
.readout strong { font-weight: 600; }
@media screen and (max-width: 820px) { .plot .wide { display: none; } .plot .narrow { display: block; } }
@media print { .readout { display: none; } }
`;
