/**
 * How much memory this process can still take. Node counts what a container has of the page cache as taken, also what the system gives up for
 * whoever asks: a file that was just read would leave no room.
 */
import { join } from 'node:path';
import { groupFolders, textOf } from './control-group.ts';

/** Names of a version of control groups; both statistics count the groups inside. */
interface Names {
  readonly limit: string;
  readonly taken: string;
  readonly statistics: readonly string[];
}

/** @source cgroups of Linux: admin-guide/cgroup-v1/memory.rst, admin-guide/cgroup-v2.rst */
const VERSION_1: Names = {
  limit: 'memory.limit_in_bytes',
  taken: 'memory.usage_in_bytes',
  statistics: ['total_inactive_file', 'total_active_file'],
};
const VERSION_2: Names = {
  limit: 'memory.max',
  taken: 'memory.current',
  statistics: ['inactive_file', 'active_file'],
};

/**
 * Bytes: what the system has for all, or less where a control group around the process is given less.
 *
 * @param self    what the kernel says of the process, as `/proc/self`
 * @param meminfo what it says of the machine, as `/proc/meminfo`
 * @returns null where the system does not say; only Linux does
 */
export function freeMemoryOf(self: string, meminfo: string): number | null {
  const ofMachine = /^MemAvailable:\s+(\d+) kB$/m.exec(textOf(meminfo))?.[1];
  if (ofMachine === undefined) return null;
  const ofGroups = [
    ...groupFolders({ version: 1, controller: 'memory' }, self).map((folder) => leftIn(folder, VERSION_1)),
    ...groupFolders({ version: 2 }, self).map((folder) => leftIn(folder, VERSION_2)),
  ];
  return Math.max(0, Math.min(Number(ofMachine) * 1024, ...ofGroups));
}

/** Bytes; see `freeMemoryOf`. */
export const freeMemory = (): number => freeMemoryOf('/proc/self', '/proc/meminfo') ?? process.availableMemory();

/** What a group may still take, pages of files counted as free. Without a limit all, in version 1 a number beyond any machine. */
function leftIn(folder: string, { limit, taken, statistics }: Names): number {
  const [most, now] = [limit, taken].map((name) => bytesIn(textOf(join(folder, name)).trim()));
  if (most === undefined || now === undefined) return Number.POSITIVE_INFINITY;
  const text = textOf(join(folder, 'memory.stat'));
  const given = statistics.map((name) => bytesIn(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? '') ?? 0);
  return most - now + given.reduce((sum, bytes) => sum + bytes, 0);
}

/** undefined for what is no number: `max`, or no such file. */
const bytesIn = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
