/** A litmus test, its weak outcome, and where that is allowed (A) and forbidden (F); `*` marks published verdicts. */
export interface LitmusRow {
  readonly name: string;
  readonly test: string;
  readonly outcome: string;
  readonly sc: string;
  readonly tso: string;
  readonly armv8: string;
  readonly rc11: string;
  readonly js: string;
}

const SB = 'r0=0 r1=0';
const MP = 'r0=1 r1=0';
const LB = 'r0=1 r1=1';
const IRIW = 'r0=1 r1=0 r2=1 r3=0';

/** Name, test, weak outcome, and the verdicts under sc, tso, armv8, rc11 and js. */
const ROWS: readonly (readonly [string, string, string, string])[] = [
  ['SB', 'x = 1; r0 = y | y = 1; r1 = x', SB, 'F A* A* A* A'],
  ['SB+full+po', 'x = 1; full; r0 = y | y = 1; r1 = x', SB, 'F A* A* A A'],
  ['SB+fulls', 'x = 1; full; r0 = y | y = 1; full; r1 = x', SB, 'F F* F* F* F'],
  ['SB+rel-acq x2', 'x.rel = 1; r0 = y.acq | y.rel = 1; r1 = x.acq', SB, 'F A F A* F'],
  ['SB+sc x2', 'x.sc = 1; r0 = y.sc | y.sc = 1; r1 = x.sc', SB, 'F F F F* F'],
  ['SB+scW-plainR x2', 'x.sc = 1; r0 = y | y.sc = 1; r1 = x', SB, 'F F A A A'],
  ['SB+full+rel-acq', 'x = 1; full; r0 = y | y.rel = 1; r1 = x.acq', SB, 'F A F* A A'],
  ['SB+full+rel-acqpc', 'x = 1; full; r0 = y | y.rel = 1; r1 = x.acqpc', SB, 'F A A* A A'],
  ['SB+rfi-pos', 'x = 1; r0 = x; r1 = y | y = 1; r2 = y; r3 = x', 'r0=1 r1=0 r2=1 r3=0', 'F A* A A A'],
  [
    'SB+rmw-same x2',
    'x = 1; r8 = d.acqrel += 1; r0 = y | y = 1; r9 = d.acqrel += 1; r1 = x',
    SB,
    'F F F F F',
  ],
  ['MP', 'x = 1; y = 1 | r0 = y; r1 = x', MP, 'F F* A* A* A'],
  ['MP+rel+acq', 'x = 1; y.rel = 1 | r0 = y.acq; r1 = x', MP, 'F F F* F* F'],
  ['MP+rel+po', 'x = 1; y.rel = 1 | r0 = y; r1 = x', MP, 'F F A A A'],
  ['MP+po+acq', 'x = 1; y = 1 | r0 = y.acq; r1 = x', MP, 'F F A A A'],
  ['MP+wmb+rmb', 'x = 1; wmb; y = 1 | r0 = y; rmb; r1 = x', MP, 'F F F F* F'],
  ['MP+full+po', 'x = 1; full; y = 1 | r0 = y; r1 = x', MP, 'F F A* A A'],
  ['MP+fulls', 'x = 1; full; y = 1 | r0 = y; full; r1 = x', MP, 'F F F* F F'],
  ['MP+full+addr', 'x = 1; full; y = 1 | r0 = y; r1 = x addr r0', MP, 'F F F A A'],
  ['MP+full+ctrl', 'x = 1; full; y = 1 | r0 = y; r1 = x ctrl r0', MP, 'F F A A A'],
  ['LB', 'r0 = x; y = 1 | r1 = y; x = 1', LB, 'F F* A* F* A'],
  ['LB+fulls', 'r0 = x; full; y = 1 | r1 = y; full; x = 1', LB, 'F F F* F F'],
  ['LB+rel-one', 'r0 = x; y.rel = 1 | r1 = y; x = 1', LB, 'F F A F A'],
  ['LB+datas', 'r0 = x; y = 1 data r0 | r1 = y; x = 1 data r1', 'r0!=0 r1!=0', 'F F F F A'],
  ['LB+ctrls', 'r0 = x; y = 1 ctrl r0 | r1 = y; x = 1 ctrl r1', LB, 'F F F F A'],
  ['2+2W', 'x = 1; y = 2 | y = 1; x = 2', 'x=1 y=1', 'F F* A* A* A'],
  ['2+2W+fulls', 'x = 1; full; y = 2 | y = 1; full; x = 2', 'x=1 y=1', 'F F F* F* F'],
  ['R', 'x = 1; y = 1 | y = 2; r0 = x', 'y=2 r0=0', 'F A* A* A A'],
  ['R+fulls', 'x = 1; full; y = 1 | y = 2; full; r0 = x', 'y=2 r0=0', 'F F F* F F'],
  ['S', 'x = 2; y = 1 | r0 = y; x = 1', 'r0=1 x=2', 'F F* A* A* A'],
  ['S+fulls', 'x = 2; full; y = 1 | r0 = y; full; x = 1', 'r0=1 x=2', 'F F F* F F'],
  ['CoRR', 'x = 1 | r0 = x; r1 = x', MP, 'F F F* F* A'],
  ['CoRR+sc', 'x.sc = 1 | r0 = x.sc; r1 = x.sc', MP, 'F F F F F'],
  ['CoRR2', 'x = 1 | x = 2 | r0 = x; r1 = x | r2 = x; r3 = x', 'r0=1 r1=2 r2=2 r3=1', 'F F F F* A'],
  ['CoWW', 'x = 1; x = 2', 'x=1', 'F F F* F F'],
  ['CoWR', 'x = 1; r0 = x | x = 2', 'r0=2 x=1', 'F F F* F F'],
  ['CoRW1', 'r0 = x; x = 1', 'r0=1', 'F F F* F F'],
  ['IRIW', 'x = 1 | y = 1 | r0 = x; r1 = y | r2 = y; r3 = x', IRIW, 'F F A* A A'],
  ['IRIW+rmbs', 'x = 1 | y = 1 | r0 = x; rmb; r1 = y | r2 = y; rmb; r3 = x', IRIW, 'F F F* A A'],
  ['IRIW+sc', 'x.sc = 1 | y.sc = 1 | r0 = x.sc; r1 = y.sc | r2 = y.sc; r3 = x.sc', IRIW, 'F F F F F'],
  ['WRC', 'x = 1 | r0 = x; y = 1 | r1 = y; r2 = x', 'r0=1 r1=1 r2=0', 'F F* A* A A'],
  ['RWC', 'x = 1 | r0 = x; r1 = y | y = 1; r2 = x', 'r0=1 r1=0 r2=0', 'F A* A* A A'],
  ['RWC+fulls', 'x = 1 | r0 = x; full; r1 = y | y = 1; full; r2 = x', 'r0=1 r1=0 r2=0', 'F F F F* A'],
  ['ISA2', 'x = 1; y = 1 | r0 = y; z = 1 | r1 = z; r2 = x', 'r0=1 r1=1 r2=0', 'F F A* A A'],
  [
    'Z6.U',
    'x.sc = 1; y.rel = 1 | r0 = y.sc += 1; r1 = y | y.sc = 3; r2 = x.sc',
    'r0=1 r1=3 r2=0',
    'F F F A A',
  ],
  ['SB+mixed sc/plain', 'x.sc = 1; r0 = y | y.sc = 1; r1 = x.sc', SB, 'F F A A A'],
];

export const LITMUS_TABLE: readonly LitmusRow[] = ROWS.map(([name, test, outcome, verdicts]) => {
  const [sc = '', tso = '', armv8 = '', rc11 = '', js = ''] = verdicts.split(' ');
  return { name, test, outcome, sc, tso, armv8, rc11, js };
});
