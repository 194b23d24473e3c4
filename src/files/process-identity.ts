/** Telling a live process from one that is gone, when all that is left is a number. */
import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks since the machine did, so that a reused pid is not taken for the process that
 * had it before; null where the system does not say (no `/proc`) or there is no such process.
 *
 * @source proc_pid_stat(5): fields 3 (state) and 22 (starttime), counted after the parenthesised command name
 */
export function startTicks(pid: number): number | null {
  const fields = statFields(pid);
  const ticks = Number(fields?.[19]);
  return Number.isFinite(ticks) ? ticks : null;
}

/** Whether the process that had this pid and start time still runs. A zombie has ended; one that is not ours may run. */
export function isAlive(pid: number, started: number | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const fields = statFields(pid);
  if (fields === null) return true;
  if (fields[0] === 'Z' || fields[0] === 'X') return false;
  return started === null || Number(fields[19]) === started;
}

/** The fields after the command name, from `state` on; null where they cannot be read. */
function statFields(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
