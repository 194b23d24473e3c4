/** Far above any config, header or tokenizer. */
const DEEPEST = 200;

/**
 * What makes a parsed value one that could not be written again: `1e999` is read as an infinity, and a value that is nested without
 * end cannot be walked through. null where there is nothing of the kind. For what no schema describes to its last field.
 */
export function unwritable(value: unknown, depth = 0): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a number that is too large (such as 1e999)';
  if (typeof value !== 'object' || value === null) return null;
  if (depth === DEEPEST) return `lists or objects nested ${DEEPEST} deep`;
  for (const member of Object.values(value)) {
    const problem = unwritable(member, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}
