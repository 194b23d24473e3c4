/**
 * Control groups (version 2): the kernel's own count of what a program uses, with all that it started and that has ended, and
 * with memory that no process maps. A group is made for each program, beside this process or above it, where that is allowed:
 * for root, and for users to whom the system has delegated a part of the tree (`systemd-run --user --scope -p Delegate=yes`).
 */
import { accessSync, constants, readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { groupFolders } from '../files/control-group.ts';
import type { SandboxLimits } from './limits.ts';

/** - `full`: the group also bounds memory and processes; - `time`: the controllers for that are not here, it counts time only. */
export interface Cgroups {
  readonly folder: string;
  readonly counts: 'full' | 'time';
}

export interface Cgroup {
  /** Handles that the judge needs, to be its files from `FIRST_FD` on. */
  readonly files: readonly FileHandle[];
  /** What the judge is told of them: numbers of its open files. */
  readonly handles: { readonly enter: number; readonly cpu: number; readonly events: number | null };
  /** Removes the group, once all in it has ended. */
  close(): Promise<void>;
}

/** Standard input, output and error come first. */
const FIRST_FD = 3;
const CONTROLLERS = ['memory', 'pids'];

/**
 * The nearest folder above this process in which groups can be made, one with controllers first; null where there is none.
 *
 * @param self what the kernel says of this process
 */
export function findCgroups(self = '/proc/self'): Cgroups | null {
  try {
    const folders = groupFolders({ version: 2 }, self).filter(isWritable);
    const full = folders.find(hasControllers);
    if (full !== undefined) return { folder: full, counts: 'full' };
    return folders[0] === undefined ? null : { folder: folders[0], counts: 'time' };
  } catch {
    return null; // a tree that is taken away meanwhile
  }
}

let made = 0;

/** @throws where the group cannot be made */
export async function makeCgroup({ folder, counts }: Cgroups, limits: SandboxLimits): Promise<Cgroup> {
  const path = join(folder, `bench-sandbox-${process.pid}-${made++}`);
  await mkdir(path);
  return openCgroup(path, counts, limits);
}

/** Bounds a new group and opens what the judge reads and writes of it. @throws where the kernel refuses; the group is then gone */
export async function openCgroup(path: string, counts: Cgroups['counts'], limits: SandboxLimits): Promise<Cgroup> {
  const files: FileHandle[] = [];
  const close = async () => {
    await Promise.all(files.map((file) => file.close()));
    await removed(path);
  };
  try {
    if (counts === 'full') {
      await writeFile(join(path, 'memory.max'), `${limits.memoryBytes}`);
      await writeFile(join(path, 'memory.swap.max'), '0').catch(() => {}); // a kernel without swap accounting
      await writeFile(join(path, 'pids.max'), `${limits.processes}`);
    }
    files.push(await open(join(path, 'cgroup.procs'), 'w'), await open(join(path, 'cpu.stat'), 'r'));
    if (counts === 'full') files.push(await open(join(path, 'memory.events'), 'r'));
  } catch (error) {
    await close();
    throw error;
  }
  const handles = { enter: FIRST_FD, cpu: FIRST_FD + 1, events: counts === 'full' ? FIRST_FD + 2 : null };
  return { files, handles, close };
}

/** The end of a process namespace may take a moment to arrive. A group that stays is empty and costs nothing. */
async function removed(path: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return await rmdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await wait(25);
    }
  }
}

function isWritable(folder: string): boolean {
  try {
    for (const path of [folder, join(folder, 'cgroup.procs')]) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function hasControllers(folder: string): boolean {
  const enabled = readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').trim().split(' ');
  return CONTROLLERS.every((name) => enabled.includes(name));
}
