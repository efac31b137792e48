/** What the pages of runs, comparisons, benches and stresses have, besides their plots. */
export const REPORT_STYLE = `
.top { padding-right: 4.5rem; }
nav { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 1rem 0; font-size: .9rem; }
nav a { overflow-wrap: anywhere; }
section.job { border-top: 1px solid var(--line); margin-top: 2.5rem; }
section.job > h2 { overflow-wrap: anywhere; margin-top: 1.2rem; }
.again { margin: .8rem 0; } .again pre { margin-top: .2rem; }
.findings { padding-left: 1.1rem; } .findings pre { white-space: pre-wrap; } .scroll + .scroll { margin-top: .8rem; }
.findings li { margin: .5rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; margin: .5rem 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem 2rem; margin: .8rem 0; }
.tiles dt { color: var(--dim); font-size: .8rem; } .tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.facts th { font-weight: 400; color: var(--dim); min-width: 8rem; } .facts td { overflow-wrap: anywhere; }
.shares { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .4rem 2rem; max-width: 48rem;
  margin: .6rem 0; font-size: .9rem; }
.bar { display: flex; height: .9rem; gap: 2px; margin: .25rem 0; } .bar span { min-width: 1px; border-radius: 2px; }
.notable { color: var(--c1); } .finding + .finding { border-top: 1px solid var(--line); margin-top: 2rem; }
.finding > pre { white-space: pre-wrap; } .finding p { overflow-wrap: anywhere; }
.classes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 29rem), 1fr)); gap: 0 2rem; }
.classes > * { min-width: 0; }
.classes table { font-size: .85rem; } .wrap .dim { font-weight: 400; } .events table { font-size: .85rem; }
.meter { display: block; width: 4rem; height: .6rem; border-radius: 2px; background: var(--grid); }
.meter span { display: block; height: 100%; min-width: 2px; border-radius: 2px; background: currentColor; }
.scroll .wrap { display: block; white-space: normal; overflow-wrap: anywhere; min-width: 9.5rem; max-width: 25rem; }
@media (max-width: 600px) { .scroll .words { min-width: 18rem; } }
.legend + .multiples { margin-top: .5rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.6rem, 1fr)); gap: .6rem .5rem; }
.multiples.few { grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); }
.multiples.few svg { max-width: 17rem; } .multiples.few figcaption { min-height: 0; }
.multiple { margin: 0; } .multiple svg { display: block; width: 100%; max-width: 14rem; }
.multiple figcaption { font-size: .75rem; line-height: 1.25; min-height: 2.5em; display: flex; align-items: end; }
.multiple text { font: 10.5px system-ui, sans-serif; fill: var(--dim); font-variant-numeric: tabular-nums; }
.multiple .grid { stroke: var(--grid); } .multiple .line { fill: none; stroke-width: 1.5; }
.legend.marks li::before { width: .55rem; border: 0; height: .55rem; background: currentColor; border-radius: 50%; }
.legend.marks li:nth-child(2)::before { border-radius: 0; }
.legend.marks li:nth-child(3)::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.legend.marks li:nth-child(4)::before { border-radius: 0; transform: rotate(45deg); }
`;
