/** The text before the first `end`; all of it where `end` does not occur or is null. */
export function cutAt(text: string, end: string | null): string {
  const at = end === null || end === '' ? -1 : text.indexOf(end);
  return at < 0 ? text : text.slice(0, at);
}
