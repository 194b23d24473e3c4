/**
 * How many cores can compute at once. onnxruntime 1.30 counts them itself where it is not told, and finds one of two on some virtual
 * machines, which then compute at half their speed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Where Linux says which processors share a core. */
const PROCESSORS = '/sys/devices/system/cpu';

/** Processors that share a core count once: they take turns at its units of arithmetic. */
export function coresOf(processors = availableParallelism(), folder = PROCESSORS): number {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^cpu\d+$/.test(name)) : [];
  const lists = files.map((name) => join(folder, name, 'topology/thread_siblings_list')).filter(existsSync);
  const cores = new Set(lists.map((file) => readFileSync(file, 'utf8')));
  return cores.size === 0 ? processors : Math.min(processors, cores.size);
}
