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
