/**
 * How many processors and cores this process may use at once. Node counts the processors that it may run on; Node 20 does not see that a container is
 * given less of their time (`docker run --cpus 2`, a limit in Kubernetes), and threads beyond that wait for each other. onnxruntime 1.30 that is not
 * told finds one of two cores on some virtual machines, which then compute at half their speed.
 */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { once } from '../core/collect.ts';
import { groupFolders, textOf } from './control-group.ts';

/** What the kernel says of this process. */
const SELF = '/proc/self';
/** Where Linux says which processors share a core. */
const PROCESSORS = '/sys/devices/system/cpu';

/** Whole ones, as newer versions of Node count them: time for one and a half is one. */
export function processorsOf(self: string, processors: number): number {
  return Math.max(1, Math.min(processors, Math.floor(timeLimit(self))));
}

/**
 * Processors that share a core count once: they take turns at its units of arithmetic.
 *
 * @param processors that may be used
 * @returns null where the system does not say which share one; only Linux does
 */
export function coresOf(self: string, processors: number, folder: string): number | null {
  const lists = allowedProcessors(self).map((number) =>
    textOf(join(folder, `cpu${number}`, 'topology/thread_siblings_list')),
  );
  const cores = new Set(lists.filter((list) => list !== ''));
  return cores.size === 0 ? null : Math.min(processors, cores.size);
}

/** See `processorsOf`. */
export const usableProcessors = once(() => processorsOf(SELF, availableParallelism()));

/** See `coresOf`. */
export const knownCores = once(() => coresOf(SELF, usableProcessors(), PROCESSORS));

/** Cores where the system says which processors share one, else processors. */
export const usableCores = (): number => knownCores() ?? usableProcessors();

/** As its maker calls it. */
export const processorName = (): string => cpus()[0]?.model.trim() ?? 'unknown';

/** Numbers of the processors that this process may run on. @source proc_pid_status(5): Cpus_allowed_list */
function allowedProcessors(self: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(textOf(join(self, 'status')))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 || 0 }, (_, i) => first + i);
  });
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
const share = (quota: number, period: number): number =>
  quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;

const words = (file: string): readonly string[] => textOf(file).trim().split(' ');
