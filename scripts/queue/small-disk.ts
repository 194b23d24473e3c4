/** A run whose folder lies on a disk that becomes full. */
import { spawnSync } from 'node:child_process';
import type { Bytes } from '../../src/core/units.ts';
import { BENCH, type Started, started } from './processes.ts';

const NAMESPACE = ['--user', '--map-root-user', '--mount'];

/** Whether this system lets one mount a disk of its own. */
export const hasSmallDisks = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;

/** What is in `out` goes onto the disk before, and what is on the disk into `out` afterwards. */
const SCRIPT = `out=$1; shift; mkdir -p "$out"; kept=$(mktemp -d); cp -r "$out"/. "$kept"
  mount -t tmpfs -o size=$SIZE none "$out" && cp -r "$kept"/. "$out" && "$@"; code=$?
  rm -rf "$kept"; mkdir "$kept"; cp -r "$out"/. "$kept"; umount "$out"; cp -r "$kept"/. "$out"; rm -rf "$kept"; exit $code`;

/** @param words of a command that writes to `out`, a folder */
export function startOnSmallDisk(words: readonly string[], out: string, size: Bytes): Started {
  const script = ['bash', '-c', SCRIPT, 'bash', out, process.execPath, BENCH, ...words];
  return started('unshare', [...NAMESPACE, ...script], { SIZE: String(size) });
}
