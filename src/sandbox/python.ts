/** The interpreter that runs the programs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { HarnessError, notSupported } from '../core/errors.ts';

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
