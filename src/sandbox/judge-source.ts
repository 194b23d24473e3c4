/** The program that runs inside the sandbox: Python, in the package's folder `sandbox`, compiled once. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { notSupported } from '../core/errors.ts';
import { packageRoot } from '../files/package-root.ts';
import type { Python } from './python.ts';

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
