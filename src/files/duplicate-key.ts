/**
 * The first key that some object of a JSON text names twice, or null. `JSON.parse` silently keeps the last of them,
 * so two readers of one file could see different tensors.
 *
 * @param json text that `JSON.parse` accepts; anything else gives an undefined answer
 */
export function firstDuplicateKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // keys so far of each open object; null for an open array
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, i);
      const keys = open.at(-1);
      if (keys != null && isKey(json, end)) {
        const key = JSON.parse(json.slice(i, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return null;
}

/** Index just behind the string literal that starts at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Whether the literal that ends before `end` is followed by a colon. */
function isKey(json: string, end: number): boolean {
  let i = end;
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\r' || json[i] === '\t') i++;
  return json[i] === ':';
}
