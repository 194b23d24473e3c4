/** Where Linux says what it lets the control group of a process use. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version 2 has one tree for all; version 1 one for each controller. */
type Tree = { readonly version: 2 } | { readonly version: 1; readonly controller: string };

/**
 * Folders of the group that a process is in and of those around it, its own first; none where no such tree is mounted, or one that does not
 * hold this process.
 *
 * @param self what the kernel says of the process, as `/proc/self`
 * @source cgroups(7); proc_pid_mountinfo(5)
 */
export function groupFolders(tree: Tree, self: string): readonly string[] {
  try {
    const own = ownPath(tree, readFileSync(join(self, 'cgroup'), 'utf8'));
    const mount = mountOf(tree, readFileSync(join(self, 'mountinfo'), 'utf8'));
    if (own === null || mount === null) return [];
    const { root, folder } = mount;
    const inside = root === '/' ? own : own.startsWith(root) ? own.slice(root.length) : null;
    return inside === null ? [] : upTo(folder, join(folder, inside));
  } catch {
    return []; // not Linux
  }
}

function ownPath(tree: Tree, text: string): string | null {
  for (const line of text.split('\n')) {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const isOwn = tree.version === 2 ? line.startsWith('0::') : controllers.split(',').includes(tree.controller);
    if (isOwn && path !== undefined) return path;
  }
  return null;
}

function mountOf(tree: Tree, text: string): { readonly root: string; readonly folder: string } | null {
  for (const line of text.split('\n')) {
    const [, root, folder, kind, options = ''] = /^\S+ \S+ \S+ (\S+) (\S+) .* - (\S+) \S+ (\S+)/.exec(line) ?? [];
    if (root === undefined || folder === undefined) continue;
    const isIt =
      tree.version === 2 ? kind === 'cgroup2' : kind === 'cgroup' && options.split(',').includes(tree.controller);
    if (isIt) return { root, folder };
  }
  return null;
}

function upTo(top: string, path: string): readonly string[] {
  return path === top || !path.startsWith(top) ? [top] : [path, ...upTo(top, dirname(path))];
}

/** Of what the kernel says. Empty where there is no such file. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
