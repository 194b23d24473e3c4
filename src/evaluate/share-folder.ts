import { join } from 'node:path';
import type { RunOptions } from './options.ts';

/** Shares do not meet in one folder: each may lie on a disk of its own. */
export function shareFolder({ out, shard }: Pick<RunOptions, 'out' | 'shard'>): string {
  return shard === null ? out : join(out, `shard-${shard.number}-of-${shard.of}`);
}
