/** Which program is explored, as plain data that a replay token carries without looking into it. */
export interface ProgramSpec {
  /** A name of the registry, or the path of a module. */
  readonly program: string;
  /** Plain JSON. `weaken` is for all programs, see {@link OrderChange}; the others are the program's. */
  readonly options: Readonly<Record<string, unknown>>;
}
