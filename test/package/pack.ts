import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/files/package-root.ts';

export const ROOT = packageRoot();

export interface Packed {
  readonly file: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly bundled: readonly string[];
}

/** What `npm publish` would send, written to `folder`; of `dist` as it stands. */
export function pack(folder: string): Packed {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const answer = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(answer) as [Omit<Packed, 'file'> & { readonly filename: string }];
  return { ...packed, file: join(folder, packed.filename) };
}
