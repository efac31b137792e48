import type { Axis } from './axis.js';

/** A class of the style sheet that gives a row its colour. */
export type RowStyle = 'good' | 'bad' | 'warn' | 'dim' | 'first';

export type MarkShape = 'circle' | 'square' | 'triangle' | 'diamond';

/** A line of a figure that is read like a table: a name, what is drawn, and the same in figures. */
export interface Row {
  readonly name: string;
  readonly text: string;
  readonly style: RowStyle;
  /** A stretch that is shaded over the height of the row. */
  readonly band: readonly [low: number, high: number] | null;
  /** A line with ends, such as an interval. */
  readonly range: readonly [low: number, high: number] | null;
  /** Small ones, such as samples. */
  readonly dots: readonly number[];
  readonly mark: { readonly at: number; readonly shape: MarkShape; readonly isHollow: boolean };
}

export interface RowFigure {
  /** What is in it, for those who cannot see it. */
  readonly label: string;
  readonly x: Axis;
  readonly rows: readonly Row[];
  /** A line through all rows, and what is on either side of it; null where no value is special. */
  readonly middle: { readonly at: number; readonly left: string; readonly right: string } | null;
}
