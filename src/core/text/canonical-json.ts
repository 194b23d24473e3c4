/**
 * JSON with one spelling a value: object keys in code-unit order, no blanks, `undefined` members left out.
 * Manifests and records are hashed over this text, so it must never depend on insertion order.
 *
 * @throws RangeError on a number that JSON cannot carry (NaN, infinities): such a state must be a tagged value
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return arrayText(value);
  if (typeof value === 'object') return objectText(value as Readonly<Record<string, unknown>>);
  throw new TypeError(`canonicalJson: cannot write a ${typeof value}`);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`canonicalJson: ${value} is not a JSON number`);
  return String(value);
}

function arrayText(values: readonly unknown[]): string {
  let text = '';
  for (let i = 0; i < values.length; i++) text += i === 0 ? canonicalJson(values[i]) : `,${canonicalJson(values[i])}`;
  return `[${text}]`;
}

function objectText(object: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    const entry = `${JSON.stringify(key)}:${canonicalJson(member)}`;
    text += text === '' ? entry : `,${entry}`;
  }
  return `{${text}}`;
}
