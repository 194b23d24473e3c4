/** Short names of models for pages: of a path its last parts, with the reading behind it. */
import { modelNames } from './model-names.ts';

export interface NamedModel {
  /** As the report calls it: as typed, and what its reading is where there are several. */
  readonly name: string;
  /** As typed by whoever made the run. */
  readonly model: string;
}

/** Characters of a short name without its reading; the middle of a longer one is cut. */
const LONGEST = 40;

/**
 * `runs/a/checkpoints/step-4000 (shift off)` -> `step-4000 (shift off)`; as many parts of a path as tell it from the others.
 *
 * @returns by name, and by name as typed
 */
export function shortNames(models: readonly NamedModel[]): ReadonlyMap<string, string> {
  const given = models.map(({ model }) => model);
  const cut = modelNames(given, LONGEST);
  const typed = new Set(cut.values()).size === cut.size ? cut : modelNames(given, Number.POSITIVE_INFINITY);
  const short = (model: string) => typed.get(model) ?? model;
  return new Map([
    ...typed,
    ...models.map(({ name, model }) => {
      const shown = name.startsWith(model) ? short(model) + name.slice(model.length) : name;
      return [name, shown] as const;
    }),
  ]);
}
