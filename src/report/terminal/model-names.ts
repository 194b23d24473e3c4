/** Longest name in a heading; the middle of a longer one is cut. */
const LONGEST = 28;

/**
 * How models are called in tables: as typed, or for a path the fewest of its last parts that tell it from the others.
 *
 * @param longest characters; the middle of a longer name is cut
 * @returns name as typed -> name as shown
 */
export function modelNames(models: readonly string[], longest = LONGEST): ReadonlyMap<string, string> {
  const distinct = [...new Set(models)];
  const tail = (model: string, parts: number) =>
    model
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .slice(-parts)
      .join('/');
  const shortest = (model: string) => {
    const others = distinct.filter((other) => other !== model);
    const most = model.split('/').length;
    for (let parts = 1; parts < most; parts++) {
      const name = tail(model, parts);
      if (others.every((other) => tail(other, parts) !== name)) return name;
    }
    return model;
  };
  return new Map(distinct.map((model) => [model, cut(shortest(model), longest)]));
}

/** The name of each model as tables show it beside the others. */
export function shownNames(models: readonly string[]): (model: string) => string {
  const names = modelNames(models);
  return (model) => names.get(model) ?? model;
}

function cut(name: string, longest: number): string {
  const half = Math.floor((longest - 1) / 2);
  return name.length <= longest ? name : `${name.slice(0, half)}…${name.slice(-half)}`;
}

export interface NamedModel {
  /** As the report calls it: as typed, and what its reading is where there are several. */
  readonly name: string;
  /** As typed by whoever made the run. */
  readonly model: string;
}

/** Of a short name without its reading. */
const LONGEST_SHORT = 40;

/**
 * `runs/a/checkpoints/step-4000 (shift off)` -> `step-4000 (shift off)`; as many parts of a path as tell it from the others.
 *
 * @returns by name, and by name as typed
 */
export function shortNames(models: readonly NamedModel[]): ReadonlyMap<string, string> {
  const given = models.map(({ model }) => model);
  const cut = modelNames(given, LONGEST_SHORT);
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
