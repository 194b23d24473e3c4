/** The three ways to start the judge: what each shuts in, and the command that does it. */
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxLimits } from './limits.ts';
import type { Python } from './python.ts';

export const BACKENDS = ['bubblewrap', 'namespaces', 'none'] as const;

/**
 * - `bubblewrap`: `bwrap` builds the file tree and the namespaces;
 * - `namespaces`: `unshare` makes the namespaces, the judge builds the file tree;
 * - `none`: limits only. The program sees the files and processes of this machine.
 */
export type Backend = (typeof BACKENDS)[number];

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Folders of which the judge builds a file tree; null = it has its tree already. */
  readonly readable: readonly string[] | null;
  /** Is the judge first process of its own process namespace? */
  readonly isolated: boolean;
  /** Processes of the sandbox itself that the kernel counts with those of the program. */
  readonly companions: number;
  readonly cwd: string;
}

export interface LaunchOptions {
  readonly python: Python;
  readonly limits: SandboxLimits;
  /** Text of the judge. */
  readonly source: string;
  readonly isRoot: boolean;
  /** A folder for `none`; the other backends have their own /tmp. */
  readonly folder: string;
}

/** Where `bwrap`, `unshare` and the programs of the system are looked for. */
export const SEARCHED = ['/usr/local/bin', '/usr/bin', '/bin'];

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/ld.so.cache', '/nix/store'];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

export function launch(backend: Backend, options: LaunchOptions): Launch {
  const { python, source, isRoot, folder } = options;
  const judge = [python.executable, '-S', '-s', '-B', '-X', 'utf8', '-c', source];
  const readable = readableFolders(python);
  switch (backend) {
    case 'bubblewrap':
      return {
        command: 'bwrap',
        args: [...bubblewrapArgs(readable, options.limits, isRoot), '--', ...judge],
        readable: null,
        isolated: true,
        companions: isRoot ? 0 : 1,
        cwd: '/',
      };
    case 'namespaces':
      return {
        command: 'unshare',
        args: [
          ...(isRoot ? [] : ['--user', '--map-root-user']),
          ...['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child', ...judge],
        ],
        readable,
        isolated: true,
        companions: isRoot ? 0 : 2,
        cwd: '/',
      };
    case 'none':
      return {
        command: judge[0] ?? '',
        args: judge.slice(1),
        readable: null,
        isolated: false,
        companions: 0,
        cwd: folder,
      };
    default:
      return backend satisfies never;
  }
}

/** The system's programs and libraries and the interpreter's own folder: no home folders, no data, no settings. */
function readableFolders({ prefix, executable }: Python): string[] {
  const system = SYSTEM.filter((path) => existsSync(path));
  const own = [prefix, executable].filter((path) => !system.some((folder) => isBelow(path, folder)));
  return [...system, ...own.filter((path) => path !== executable || !isBelow(path, prefix))];
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function bubblewrapArgs(readable: readonly string[], limits: SandboxLimits, isRoot: boolean): string[] {
  const tree = readable.flatMap((path) => {
    const target = linkTarget(path);
    if (target !== null) return ['--symlink', target, path];
    return [...ancestors(path).flatMap((folder) => ['--perms', '0755', '--dir', folder]), '--ro-bind', path, path];
  });
  return [
    ...['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--die-with-parent', '--new-session'],
    ...['--as-pid-1', '--cap-drop', 'ALL'],
    // Root gives each program a user of its own; anyone else is already nobody special.
    ...(isRoot ? ['CAP_SETUID', 'CAP_SETGID'] : []).flatMap((name) => ['--cap-add', name]),
    ...(isRoot ? [] : ['--unshare-user']),
    // The judge mounts temporary folders with a limit of files, and reads how much of their memory processes share.
    ...(isRoot || !isSetuid('bwrap') ? ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'] : []).flatMap((name) => ['--cap-add', name]),
    ...tree,
    ...['--perms', '0755', '--tmpfs', '/dev'],
    ...DEVICES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ...temporary('/dev/shm', limits),
    ...['--remount-ro', '/dev', '--proc', '/proc'],
    ...[...temporary('/tmp', limits), '--chdir', '/tmp', '--remount-ro', '/'],
  ];
}

function temporary(path: string, { tmpBytes }: SandboxLimits): string[] {
  return ['--perms', '1777', '--size', `${tmpBytes}`, '--tmpfs', path];
}

/** Such a bubblewrap, of a system without user namespaces, gives its capabilities to root only. */
function isSetuid(program: string): boolean {
  const found = SEARCHED.map((folder) => join(folder, program)).find((path) => existsSync(path));
  return found !== undefined && (statSync(found).mode & 0o4000) !== 0;
}

/** `/a`, `/a/b` for `/a/b/c`. Left to itself, bubblewrap makes folders that only their owner may enter. */
function ancestors(path: string): string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_name, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** Where a symbolic link points; null for anything else. */
function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
