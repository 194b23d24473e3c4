/** Memory of long runs. No result depends on it. */
import { setFlagsFromString } from 'node:v8';

/** Items of a run from which garbage would pile up to several times what is alive; to collect it costs a short run a tenth of its time. */
const LONG = 2000;

/** Left to itself, V8 lets a heap of 100 MB grow to 400 before it looks for what is free: while a long run is made, to 130. */
export function collectOften(items: number): void {
  setFlagsFromString(`--heap-growing-percent=${items > LONG ? 30 : 0}`);
}
