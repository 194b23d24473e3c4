/** Memory of long work. No result depends on it. */
import { setFlagsFromString } from 'node:v8';

/** Items from which garbage would pile up to several times what is alive; collecting it costs short runs a twelfth of their time (`results/memory.md`). */
const LONG = 2000;

/**
 * Left to itself, V8 lets a heap of 100 MB grow to 400 before it looks for what is free: during long work, to 130.
 *
 * @returns to call when the work is over
 */
export function collectOften(items: number, setFlags = setFlagsFromString): () => void {
  if (items <= LONG) return () => {};
  setFlags('--heap-growing-percent=30');
  return () => setFlags('--heap-growing-percent=0'); // V8's own choice
}
