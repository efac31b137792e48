import { type Layer, mergeLayers, valueIn } from './layers.js';
import type { ProblemCode, Problems, Where } from './problems.js';
import type { JobSettings } from './settings.js';

/** One job on its way from settings to a plan: what was said, where it was said, and what is wrong with it. */
export class JobContext {
  /** Name with the matrix values. */
  readonly label: string;
  readonly settings: JobSettings;
  private readonly layers: readonly Layer[];
  private readonly place: Where;
  private readonly problems: Problems;

  /** `layers` from the weakest to the strongest; `place` is where the job is, for what nobody wrote. */
  constructor(label: string, layers: readonly Layer[], place: Where, problems: Problems) {
    this.label = label;
    this.settings = mergeLayers(layers);
    this.layers = layers;
    this.place = place;
    this.problems = problems;
  }

  /** Whether somebody wrote the key at the dotted `path`, as opposed to leaving it to its default. */
  says(path: string): boolean {
    return this.rank(path) >= 0;
  }

  /**
   * How strong the layer is that decides `path`; -1 when it was left out. What a weaker layer says is taken for
   * overruled where a stronger one says something that does not go with it: `--set backend.path=...` needs no
   * second `--set` to get rid of the memory disk's size.
   */
  rank(path: string): number {
    const keys = path.split('.');
    return this.layers.findLastIndex(({ settings }) => valueIn(settings, keys) !== undefined);
  }

  /** That of the paths that was decided last: where to point when they contradict each other. */
  latest(...paths: readonly [string, ...string[]]): string {
    return paths.reduce((latest, path) => (this.rank(path) > this.rank(latest) ? path : latest));
  }

  /** Notes that what stands at `path` cannot be run. */
  refuse(path: string, text: string, code: ProblemCode = 'SCENARIO_CONFLICT'): void {
    const where = this.layers[this.rank(path)]?.where(path.split('.'), 'value') ?? this.place;
    this.problems.add({ code, where, key: path, text: `\`${path}\`: ${text} (job \`${this.label}\`)` });
  }

  /** Notes that `path` had to be written; `near` is the key that calls for it. */
  miss(path: string, text: string, near: string = path): void {
    const where = this.layers[this.rank(near)]?.where(near.split('.'), 'key') ?? this.place;
    this.problems.add({
      code: 'SCENARIO_MISSING',
      where,
      key: path,
      text: `\`${path}\` is missing: ${text} (job \`${this.label}\`)`,
    });
  }
}
