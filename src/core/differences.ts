/** Where two plain values differ. */
import { canonicalJson } from './text/canonical-json.ts';

/** One place; values as canonical JSON, null where a value has no such member. */
export interface Difference {
  /** Such as `response.views.default.alternatives[0].tokens`; empty for the values themselves. */
  readonly path: string;
  readonly stored: string | null;
  readonly found: string | null;
}

/** Every leaf at which two values of JSON differ, members in code-unit order, elements by index. */
export function differences(stored: unknown, found: unknown, path = ''): readonly Difference[] {
  if (!isTree(stored) || !isTree(found) || Array.isArray(stored) !== Array.isArray(found)) {
    const [before, after] = [spelt(stored), spelt(found)];
    return before === after ? [] : [{ path, stored: before, found: after }];
  }
  const keys = [...new Set([...Object.keys(stored), ...Object.keys(found)])];
  if (!Array.isArray(stored)) keys.sort();
  return keys.flatMap((key) => {
    const inner = Array.isArray(stored) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return differences(Reflect.get(stored, key), Reflect.get(found, key), inner);
  });
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;
const spelt = (value: unknown): string | null => (value === undefined ? null : canonicalJson(value));
