import type { Axis } from './axis.js';

/** Of the palette, `--c1` to `--c6`. */
export type Colour = 1 | 2 | 3 | 4 | 5 | 6;

export interface Line {
  readonly name: string;
  readonly colour: Colour;
  /** Ascending in x; a null leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** `steps`: a point's value holds from the point before it on. */
  readonly shape: 'line' | 'steps';
  readonly isFaint?: boolean;
}

/** One plot of a figure: its own y axis, and the figure's x axis. */
export interface Panel {
  readonly y: Axis;
  readonly heightPx: number;
  readonly lines: readonly Line[];
  /** A level that means something, as the size of a ring. */
  readonly level: { readonly at: number; readonly label: string } | null;
}

/** A row of marks below the panels: what happened, and when. */
export interface Lane {
  readonly label: string;
  readonly colour: Colour;
  readonly at: readonly number[];
  /** A thin line through all panels for each mark: for what is rare. */
  readonly isThrough: boolean;
}

/** A stretch of x that is set off. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** What a pointer over the figure is told: for each x, a text of each row. */
export interface Readout {
  readonly x: readonly number[];
  readonly heading: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly colour: Colour;
    readonly text: readonly string[];
  }[];
}

/** Panels above each other over one x axis. */
export interface Figure {
  /** What is in it, for those who cannot see it. */
  readonly label: string;
  readonly x: Axis;
  readonly panels: readonly Panel[];
  readonly bands: readonly Band[];
  readonly lanes: readonly Lane[];
  readonly readout: Readout;
}
