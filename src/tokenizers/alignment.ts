/** Where the code units of a rewritten text come from. */
import type { Edit } from './normalizers/rewrite.ts';

/** For each code unit of a text, the stretch of an earlier text that it stands for. */
export interface Alignment {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The alignment of an edited text. What is put in between counts as part of the character after it (at the end: before it).
 *
 * @param text   before the edits
 * @param before where its own units come from; null: they are the units of the earliest text
 */
export function alignEdits(text: string, edits: readonly Edit[], before: Alignment | null): Alignment {
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (from: number, to: number, units: number) => {
    const start = before === null ? from : (before.starts[from] ?? 0);
    const end = before === null ? to : (before.ends[to - 1] ?? 0);
    for (let unit = 0; unit < units; unit++) {
      starts.push(start);
      ends.push(end);
    }
  };
  let done = 0;
  const keep = (to: number) => {
    for (; done < to; done++) push(done, done + 1, 1);
  };
  for (const edit of edits) {
    keep(edit.from);
    const [from, to] = edit.from < edit.to ? [edit.from, edit.to] : characterBeside(text, edit.from);
    push(from, to, edit.text.length);
    done = edit.to;
  }
  keep(text.length);
  return { starts, ends };
}

function characterBeside(text: string, at: number): readonly [number, number] {
  if (at < text.length) return [at, at + unitsAt(text, at)];
  const low = text.charCodeAt(at - 1);
  return [Math.max(0, at - (low >= 0xdc00 && low < 0xe000 ? 2 : 1)), at];
}

/** Code units of the character that begins at an index. */
export const unitsAt = (text: string, index: number): number => ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
