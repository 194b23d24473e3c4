/** The interpreter that runs the programs. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { z } from 'zod';
import { HarnessError, notSupported } from '../core/errors.ts';
import { packageRoot } from '../files/package-root.ts';

const run = promisify(execFile);

const foundSchema = z.strictObject({
  /** The program itself, whatever wrapper or virtual environment was named. */
  executable: z.string(),
  /** Folder of its standard library and binaries. */
  prefix: z.string(),
  version: z.string(),
  /** Names of modules missing that the sandbox needs. */
  missing: z.array(z.string()),
});

export type Python = Omit<z.infer<typeof foundSchema>, 'missing'>;

const DESCRIBE = `
import json, os, platform, sys, importlib.util
needed = ("ctypes", "resource", "select", "signal")
print(json.dumps({
  "executable": os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable),
  "prefix": os.path.realpath(sys.base_prefix),
  "version": platform.python_version(),
  "missing": [name for name in needed if importlib.util.find_spec(name) is None],
}))`;

/**
 * Finds an interpreter by name or path.
 *
 * @throws HarnessError 'not-supported' when it does not start or lacks a module of the standard library
 */
export async function findPython(name: string): Promise<Python> {
  let text: string;
  try {
    text = (await run(name, ['-I', '-c', DESCRIBE])).stdout;
  } catch (cause) {
    throw new HarnessError('not-supported', `expected a Python 3 interpreter, could not start "${name}"`, {
      cause,
      hint: 'install python3; it runs the programs that are judged',
    });
  }
  const { missing, ...python } = foundSchema.parse(JSON.parse(text));
  if (missing.length === 0) return python;
  throw notSupported(`${python.executable} lacks the modules ${missing.join(', ')}`);
}

const PARTS = ['confine.py', 'calls.py', 'answers.py', 'guest.py', 'processes.py', 'meters.py', 'judge.py'];

const COMPILE = `
import base64, marshal, sys
code = compile(sys.stdin.buffer.read(), "judge", "exec", dont_inherit=True, optimize=2)
print(base64.b64encode(marshal.dumps(code)).decode("ascii"))`;

/** A one-line Python text that is the judge for this interpreter: reading it takes a thirtieth of the time to compile it. */
export async function compiledJudge(python: Python): Promise<string> {
  const source = PARTS.map((name) => readFileSync(join(packageRoot(), 'sandbox', name), 'utf8')).join('\n');
  const child = spawn(python.executable, ['-I', '-S', '-c', COMPILE], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(source);
  const code = (await text(child.stdout)).trim();
  if (code === '') throw notSupported(`${python.executable} cannot compile the judge of the sandbox`);
  return `import binascii,marshal;exec(marshal.loads(binascii.a2b_base64("${code}")))`;
}
