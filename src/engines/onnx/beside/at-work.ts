/**
 * Whether threads of this process compute. A process that ends in the usual way ends its threads first, and onnxruntime's binding throws into
 * one that is ended while it computes: the system aborts the process then, with a trace and another exit code.
 */

let orders = 0;
let waiting: (() => void)[] = [];

/** An order was given to a thread. */
export function orderBegun(): void {
  orders += 1;
}

/** An order was carried out, or never will be. */
export function orderEnded(): void {
  orders -= 1;
  if (orders > 0) return;
  const called = waiting;
  waiting = [];
  for (const each of called) each();
}

/** Calls `then` as soon as no thread has anything to carry out; at once where none has. */
export function onceThreadsRest(then: () => void): void {
  if (orders === 0) then();
  else waiting.push(then);
}
