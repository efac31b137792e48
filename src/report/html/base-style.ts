/**
 * The look that all pages share. Colours follow the reader's system, or the button. The six of `--c1` to `--c6` can be
 * told apart with any kind of colour vision, and are dark (or light) enough for text.
 */
export const BASE_STYLE = `
:root { color-scheme: light dark;
  --paper: light-dark(#fff, #11151a); --raised: light-dark(#f6f7f9, #1a2028);
  --ink: light-dark(#1b1f24, #e4e9ef); --dim: light-dark(#57606a, #9aa5b1);
  --line: light-dark(#d5dae0, #333c47); --grid: light-dark(#e9ecef, #252d36);
  --good: light-dark(#00755a, #3fc19c); --bad: light-dark(#c0331c, #ff8a73); --warn: light-dark(#8a6100, #e0b84a);
  --mark: light-dark(#fff4c2, #38310f);
  --c1: light-dark(#0063a6, #6cb4ee); --c2: light-dark(#b8470b, #f2935c); --c3: light-dark(#00755a, #3fc19c);
  --c4: light-dark(#8a3f7d, #d69bd0); --c5: light-dark(#8a6100, #e0b84a); --c6: light-dark(#57606a, #a0a8b1);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .4rem; padding-right: 4rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 52rem; }
a { color: var(--c1); } code { font: .92em var(--mono); }
pre { font: 13px/1.45 var(--mono); overflow-x: auto; margin: .6rem 0; padding: .6rem .75rem; border-radius: 6px;
  background: var(--raised); border: 1px solid var(--line); }
.command { white-space: pre-wrap; overflow-wrap: anywhere; }
.dim { color: var(--dim); } .bad { color: var(--bad); } .good { color: var(--good); } .warn { color: var(--warn); }
button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; padding: .15rem .6rem; cursor: pointer; }
button:hover { border-color: var(--dim); } :focus-visible { outline: 2px solid var(--c1); outline-offset: 1px; }
#theme { position: absolute; top: 1.25rem; right: max(1rem, calc(50vw - 32rem)); min-width: 3.6rem; }
.scroll { overflow-x: auto; max-width: 100%; } .scroll th, .scroll td { white-space: nowrap; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .28rem .6rem .28rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid var(--grid); }
th { font-weight: 600; } thead th { color: var(--dim); font-weight: 500; border-bottom-color: var(--line); }
th.n, td.n { text-align: right; white-space: nowrap; }
@media print {
  :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 10.5pt; }
  .scroll th, .scroll td { white-space: normal; padding-right: .4rem; font-size: 7.5pt; overflow-wrap: anywhere; }
  button, nav { display: none !important; } .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; }
  h2, h3 { break-after: avoid; } figure, tr, .keep { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
