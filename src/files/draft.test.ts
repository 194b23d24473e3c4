import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftName, makeFolder, openDraft, removeStaleDrafts, replaceFile } from './draft.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-draft-'));
  path = join(folder, 'report.html');
  await writeFile(path, 'old');
});
afterEach(() => rm(folder, { recursive: true }));

const content = () => readFile(path, 'utf8');
const names = async () => (await readdir(folder)).sort();

describe('a file that is replaced', () => {
  it('is the old one until it is the whole new one', async () => {
    async function* parts() {
      yield 'new ';
      expect(await content()).toBe('old');
      expect(await names()).toHaveLength(2);
      yield Buffer.from('content');
    }
    await replaceFile(path, parts());
    expect([await content(), await names()]).toEqual(['new content', ['report.html']]);
  });

  it('stays the old one where writing fails, and no draft is left', async () => {
    async function* parts() {
      yield 'half';
      throw new RangeError('no more');
    }
    await expect(replaceFile(path, parts())).rejects.toThrow('no more');
    expect([await content(), await names()]).toEqual(['old', ['report.html']]);
  });

  it('keeps its permissions', async () => {
    await chmod(path, 0o600);
    await replaceFile(path, 'new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is what a link names: the link stays', async () => {
    const link = join(folder, 'latest');
    await symlink('report.html', link);
    await replaceFile(link, 'new');
    expect([await content(), await readlink(link)]).toEqual(['new', 'report.html']);
  });

  it('is written to as it is where it is no regular file', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const reader = spawn('cat', [pipe]);
    const read = new Promise<string>((done) => reader.stdout.once('data', (bytes) => done(String(bytes))));
    await replaceFile(pipe, 'through');
    expect(await read).toBe('through');
    expect((await stat(pipe)).isFIFO()).toBe(true);
    await replaceFile('/dev/null', 'nowhere');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

describe('drafts', () => {
  it('have names that cannot be foreseen', () => {
    const both = [draftName('a'), draftName('a')];
    expect(new Set(both).size).toBe(2);
    for (const name of both) expect(name).toMatch(/^a\.[0-9a-f]{8}-\d+-\d+-[0-9a-f]{16}\.tmp$/);
  });

  it('of processes that are gone are removed by the next writer of the file, those of others stay', async () => {
    const gone = spawnSync('true').pid;
    const stale = (base: string) => join(folder, draftName(base).replace(`-${process.pid}-`, `-${gone}-`));
    const foreign = join(folder, draftName('report.html').replace(/\.[0-9a-f]{8}-/, '.00000000-'));
    await writeFile(stale('report.html'), 'of a dead process');
    await writeFile(stale('other.html'), 'of another file');
    await writeFile(foreign, 'of another host');
    const living = await openDraft(path);
    expect(await names()).toHaveLength(4);
    await replaceFile(path, 'new');
    expect(await names()).toHaveLength(4);
    await removeStaleDrafts(folder);
    expect((await names()).filter((name) => name.startsWith('other'))).toEqual([]);
    expect(await names()).toContain(foreign.slice(folder.length + 1));
    await living.discard();
    expect(await names()).toHaveLength(2);
  });

  it('leave the folder of a file alone that is not there', async () => {
    await removeStaleDrafts(join(folder, 'nowhere'));
    await mkdir(join(folder, 'made'));
    await replaceFile(join(folder, 'made/first'), 'new');
    expect(await readdir(join(folder, 'made'))).toEqual(['first']);
  });
});

describe('a folder', () => {
  it('is made with those above it, and left where it is there', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await makeFolder(path);
    await writeFile(join(path, 'file'), 'kept');
    await makeFolder(`${path}/`);
    expect(await readdir(path)).toEqual(['file']);
  });

  it('is made by several at once', async () => {
    const path = join(folder, 'd', 'e', 'f');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('cannot be where a file is', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
