/** Programs that do harm: nothing is left running, nothing outside has changed. Their verdicts: `verdicts.test.ts`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSandbox } from '../../src/sandbox/open-sandbox.ts';
import { MARK } from '../scripted/programs/greedy.ts';
import { limitsFor, PROGRAMS } from '../scripted/programs/index.ts';
import { candidate, ownChildren, plain, processesWith, programWith } from './working-backends.ts';

const outside = mkdtempSync(join(tmpdir(), 'bench-outside-'));
const file = join(outside, 'kept', 'file.txt');
let connections = 0;
const server = createServer((socket) => {
  connections++;
  socket.end();
});
let port = 0;

beforeAll(async () => {
  mkdirSync(join(outside, 'kept'));
  writeFileSync(file, 'as it was');
  vi.stubEnv('BENCH_SECRET', 'xyzzy-4711');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) port = address.port;
});

afterAll(() => {
  server.close();
  rmSync(outside, { recursive: true });
  vi.unstubAllEnvs();
});

describe.each(await Promise.all([candidate('bubblewrap'), candidate('namespaces')]))(
  '$backend',
  ({ sandbox, note }) => {
    it.skipIf(sandbox === null)(`a program that connects reaches nobody${note}`, async () => {
      const before = connections;
      const verdict = await sandbox?.run(
        plain(`import socket\ndef f(x):\n  socket.create_connection(("127.0.0.1", ${port}), 1)\n  return 2`),
      );
      expect(verdict?.kind, verdict?.reason).toBe('wrong');
      expect(connections).toBe(before);
    });

    it.skipIf(sandbox === null)(`a program that deletes all files changes nothing outside${note}`, async () => {
      const solution = `import os, shutil
def f(x):
  for folder in ("/tmp", "/etc", "/dev", "/bin/", "/usr/sbin", ${JSON.stringify(outside)}, ${JSON.stringify(process.cwd())}):
    shutil.rmtree(folder, ignore_errors=True)
  os.makedirs("/tmp/x", exist_ok=True)
  for path in (${JSON.stringify(file)}, "/etc/passwd"):
    try: open(path, "w").write("gone")
    except OSError: pass
  return 2`;
      const verdict = await sandbox?.run(plain(solution));
      expect(verdict?.kind, verdict?.reason).toBe('passed');
      expect(readFileSync(file, 'utf8')).toBe('as it was');
      expect(readdirSync(outside)).toEqual(['kept']);
    });

    it.skipIf(sandbox === null)(
      `a program sees no environment, no home, no data, no other process${note}`,
      async () => {
        const hidden = [file, process.cwd(), join(homedir(), '.bashrc'), '/etc/passwd', '/etc/hostname', '/sys/fs'];
        const solution = `import glob, os
def f():
  seen = [path for path in ${JSON.stringify(hidden)} if os.path.exists(path)]
  for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try: text = open(path, "rb").read()
    except OSError: continue
    if b"BENCH" in text or b"node" in text: seen.append(path)
  return sorted(os.environ), seen, os.listdir(".") + os.listdir("/dev/shm"), sorted(int(n) for n in os.listdir("/proc") if n.isdigit()) == [1, os.getpid()]`;
        const verdict = await sandbox?.run(
          programWith(
            solution,
            'found = candidate()',
            'assert found == (["HOME", "LANG", "PATH"], [], [], True), found',
          ),
        );
        expect(verdict?.kind, verdict?.reason).toBe('passed');
      },
    );

    it.skipIf(sandbox === null)(`a program that leaves others behind leaves none${note}`, async () => {
      const solution = `import os, subprocess, threading
def f(x):
  subprocess.Popen(["sleep", "${MARK}"], start_new_session=True)
  if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execlp("sleep", "sleep", "${MARK}")
    os._exit(0)
  def spin():
    while True: pass
  threading.Thread(target=spin).start()
  return x + 1`;
      const verdict = await sandbox?.run(plain(solution));
      expect(verdict?.kind, verdict?.reason).toBe('passed');
      await vi.waitFor(() => expect([...processesWith(MARK), ...ownChildren()]).toEqual([]), 5000);
    });

    it.skipIf(sandbox === null)(`nothing runs when all is over, nor after a stop in the middle${note}`, async () => {
      const stop = new AbortController();
      const running = sandbox?.run(plain(`import os\nos.execlp("sleep", "sleep", "${MARK}")`), stop.signal);
      await vi.waitFor(() => expect(processesWith(`sleep ${MARK}`)).not.toEqual([]), 5000);
      stop.abort();
      expect(await running).toEqual({ kind: 'not-run', reason: 'stopped' });
      await vi.waitFor(() => expect([...processesWith(MARK), ...ownChildren()]).toEqual([]), 5000);
    });
  },
);

const unsafe = await candidate('none', { unsafe: true });

/** Of those that keep to their folder, as nothing else is there to hold them. */
const BOUNDED = [
  ...['computes in children that it waits for', 'ignores every signal that can be ignored'],
  ...['starts sleeping processes and hides the refusal', 'takes memory in many processes'],
  ...['fills a temporary folder', 'writes a huge file'],
];

it.skipIf(unsafe.sandbox === null).each(PROGRAMS.filter(({ name }) => BOUNDED.includes(name)))(
  `without a sandbox, a program that $name is bounded and leaves no process${unsafe.note}`,
  async ({ program, expected }) => {
    const before = ownChildren();
    const sandbox = await openSandbox({ backend: 'none', unsafe: true, limits: limitsFor(expected) });
    const verdict = await sandbox.run(program);
    expect(verdict.kind, verdict.reason).toBe(expected);
    // One of those before may have ended since.
    expect(ownChildren().filter((pid) => !before.includes(pid))).toEqual([]);
  },
);
