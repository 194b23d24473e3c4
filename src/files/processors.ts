/**
 * How many processors and cores this process may use at once. Node counts the processors that it may run on; before version 22 it does not see that a container
 * is given less of their time (`docker run --cpus 2`, a limit in Kubernetes), and threads beyond that wait for each other. onnxruntime 1.30 that is not told finds
 * one of two cores on some virtual machines, which then compute at half their speed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { groupFolders } from './control-group.ts';

/** Where Linux says which processors share a core. */
const PROCESSORS = '/sys/devices/system/cpu';

/** @param self what the kernel says of this process */
export function usableProcessors(self = '/proc/self', processors = availableParallelism()): number {
  return Math.max(1, Math.min(processors, Math.ceil(timeLimit(self))));
}

/** Processors that share a core count once: they take turns at its units of arithmetic. */
export function usableCores(processors = usableProcessors(), folder = PROCESSORS): number {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^cpu\d+$/.test(name)) : [];
  const lists = files.map((name) => join(folder, name, 'topology/thread_siblings_list')).filter(existsSync);
  const cores = new Set(lists.map((file) => readFileSync(file, 'utf8')));
  return cores.size === 0 ? processors : Math.min(processors, cores.size);
}

/** Processor time in a second of wall time that the control groups around this process allow: the least of them. */
function timeLimit(self: string): number {
  const ofVersion2 = groupFolders({ version: 2 }, self).map((folder) => words(join(folder, 'cpu.max')));
  const ofVersion1 = groupFolders({ version: 1, controller: 'cpu' }, self).map((folder) =>
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].flatMap((name) => words(join(folder, name))),
  );
  return Math.min(...[...ofVersion2, ...ofVersion1].map(([quota, period]) => share(Number(quota), Number(period))));
}

/** Without a limit the quota is `max` in version 2 and -1 in version 1; the outermost group has no such file. */
const share = (quota: number, period: number): number => (quota > 0 && period > 0 ? quota / period : Infinity);

function words(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}
