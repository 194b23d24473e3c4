import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCgroups, makeCgroup, openCgroup } from './cgroup.ts';
import { BASE_LIMITS } from './limits.ts';

const found = findCgroups();

it.skipIf(found === null)('makes a group that counts from nothing, and leaves none behind', async () => {
  if (found === null) throw new TypeError('skipped');
  const mine = () => readdirSync(found.folder).filter((name) => name.startsWith(`bench-sandbox-${process.pid}-`));
  const group = await makeCgroup(found, BASE_LIMITS);
  expect(mine()).toHaveLength(1);
  const [enter, cpu] = group.files;
  expect([enter, cpu].every((file) => file !== undefined && existsSync(`/proc/self/fd/${file.fd}`))).toBe(true);
  expect(`${await cpu?.readFile()}`).toMatch(/^usage_usec 0$/m);
  expect(group.handles.events === null).toBe(found.counts === 'time');
  await group.close();
  expect(mine()).toEqual([]);
});

/** What the kernel shows of version 2, as files: this process in `/user/session/mine`. */
describe('a tree of control groups', () => {
  let root: string;
  let tree: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bench-cgroup-'));
    tree = join(root, 'tree');
    for (const [path, controllers] of [
      ['.', 'cpu memory pids'],
      ['user', 'memory pids'],
      ['user/session', 'cpu'],
      ['user/session/mine', ''],
    ] as const) {
      mkdirSync(join(tree, path), { recursive: true });
      writeFileSync(join(tree, path, 'cgroup.procs'), '');
      writeFileSync(join(tree, path, 'cgroup.subtree_control'), `${controllers}\n`);
    }
    mkdirSync(join(root, 'self'));
    self('0::/user/session/mine\n', `29 22 0:26 / ${tree} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n`);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function self(cgroup: string, mountinfo: string): void {
    writeFileSync(join(root, 'self', 'cgroup'), cgroup);
    writeFileSync(join(root, 'self', 'mountinfo'), mountinfo);
  }
  const find = () => findCgroups(join(root, 'self'));
  /** As where nothing is delegated, which permissions cannot say to root. */
  const forbid = (path: string) => rmSync(join(tree, path, 'cgroup.procs'));

  it('gives the nearest group below which memory and processes are counted', () => {
    expect(find()).toEqual({ folder: join(tree, 'user'), counts: 'full' });
    writeFileSync(join(tree, 'user/session/mine/cgroup.subtree_control'), 'pids cpu memory\n');
    expect(find()).toEqual({ folder: join(tree, 'user/session/mine'), counts: 'full' });
  });

  it('gives the nearest group for time alone where no writable one counts more, and none where none is writable', () => {
    for (const path of ['.', 'user']) forbid(path);
    expect(find()).toEqual({ folder: join(tree, 'user/session/mine'), counts: 'time' });
    for (const path of ['user/session', 'user/session/mine']) forbid(path);
    expect(find()).toBeNull();
  });

  it('follows a mount of a part of the tree, and gives none for one that does not hold this process', () => {
    const mounted = (part: string) => `29 22 0:26 ${part} ${tree} rw - cgroup2 cgroup2 rw\n`;
    self('0::/outer/user\n', mounted('/outer'));
    expect(find()).toEqual({ folder: join(tree, 'user'), counts: 'full' });
    self('0::/user\n', mounted('/another'));
    expect(find()).toBeNull();
  });

  it('gives none on a machine with version 1 alone', () => {
    self('7:memory:/user\n0::/\n', `33 32 0:28 / ${tree}/memory rw - cgroup cgroup rw,memory\n`);
    expect(find()).toBeNull();
    self('7:memory:/user\n', `29 22 0:26 / ${tree} rw - cgroup2 cgroup2 rw\n`);
    expect(find()).toBeNull();
  });

  it('bounds memory, swap and processes of a new group, and opens what the judge needs in its order', async () => {
    const path = join(tree, 'user', 'program');
    mkdirSync(path);
    for (const name of ['cgroup.procs', 'cpu.stat', 'memory.events']) writeFileSync(join(path, name), name);
    const group = await openCgroup(path, 'full', BASE_LIMITS);
    const written = ['memory.max', 'memory.swap.max', 'pids.max'].map((name) => readFileSync(join(path, name), 'utf8'));
    expect(written).toEqual([`${BASE_LIMITS.memoryBytes}`, '0', `${BASE_LIMITS.processes}`]);
    expect(group.handles).toEqual({ enter: 3, cpu: 4, events: 5 });
    expect(`${await group.files[1]?.readFile()} ${await group.files[2]?.readFile()}`).toBe('cpu.stat memory.events');
    await group.close();
    const timed = await openCgroup(path, 'time', BASE_LIMITS);
    expect(timed.handles).toEqual({ enter: 3, cpu: 4, events: null });
    expect(timed.files).toHaveLength(2);
    await timed.close();
  });

  it('leaves no empty group behind where the kernel refuses', async () => {
    const path = join(tree, 'user', 'refused');
    mkdirSync(path);
    mkdirSync(join(path, 'memory.max')); // cannot be written
    await expect(openCgroup(path, 'full', BASE_LIMITS)).rejects.toThrow();
    rmSync(path, { recursive: true });
    await expect(openCgroup(path, 'time', BASE_LIMITS)).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
  });
});
