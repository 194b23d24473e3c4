/** Names of the random draws of requests: what a line says, else its id. */

interface Named {
  readonly id: string | number;
  readonly key?: string | undefined;
}

/**
 * Of a line that is weighed: the same id, seed and tokens draw the same masks. In JSON, so that `0` and `"0"` are two.
 */
export const streamOf = ({ id, key }: Named): string => key ?? JSON.stringify(id);

/** Of lines that ask for text: the same line again is another draw. One for all lines that an answerer reads. */
export class WritingStreams {
  readonly #seen = new Map<string, number>();

  /**
   * @param draw the repetition that the line names; lines that differ in it do not count as repeated
   * @returns `key`, which draws the same each time; else the id, and from its second line on how many came before
   */
  next({ id, key }: Named, draw = 0): string {
    if (key !== undefined) return key;
    const name = JSON.stringify(id);
    const counted = `${name}/${draw}`;
    const before = this.#seen.get(counted) ?? 0;
    this.#seen.set(counted, before + 1);
    // A JSON text ends in a quote or a digit, so no id is spelt like a repetition of another.
    return before === 0 ? name : `${name}#${before}`;
  }
}
