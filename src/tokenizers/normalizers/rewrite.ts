/** The stretch from `from` to `to` of a text becomes `text`; edits stand in order and do not overlap. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A stage that rewrites text; `edits` is what it changes, `apply` the text after that. */
export interface Rewrite {
  readonly apply: (text: string) => string;
  readonly edits: (text: string) => readonly Edit[];
}

/** Rewrites every match of a global pattern. */
export const rewriteMatches = (pattern: RegExp, rewrite: (match: string) => string): Rewrite => ({
  apply: (text) => text.replace(pattern, (match) => rewrite(match)),
  edits: (text) =>
    Array.from(text.matchAll(pattern), ({ 0: match, index }) => ({
      from: index,
      to: index + match.length,
      text: rewrite(match),
    })),
});

/** A rewriting that is known by its edits alone. */
export const rewriteBy = (edits: (text: string) => readonly Edit[]): Rewrite => ({
  apply: (text) => applyEdits(text, edits(text)),
  edits,
});

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let done = 0;
  let out = '';
  for (const edit of edits) {
    out += text.slice(done, edit.from) + edit.text;
    done = edit.to;
  }
  return out + text.slice(done);
}
