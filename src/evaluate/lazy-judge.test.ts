import { beforeEach, expect, it, vi } from 'vitest';
import { HarnessError } from '../core/errors.ts';
import type { Program } from '../core/program.ts';
import { openSandbox, type Sandbox } from '../sandbox/open-sandbox.ts';
import { SILENT } from './observer.ts';
import { lazyJudge, openJudge } from './open-parts.ts';

vi.mock('../sandbox/open-sandbox.ts', () => ({ openSandbox: vi.fn() }));

const program: Program = { solution: 'x', test: '', entryPoint: 'f', reference: '' };
/** A machine on which programs could run without isolation only. */
const bare = async ({ unsafe = false }: { readonly unsafe?: boolean } = {}): Promise<Sandbox> => {
  if (!unsafe) throw new HarnessError('not-supported', 'no sandbox works here');
  const run: Sandbox['run'] = async (_program, signal) =>
    signal?.aborted === true ? { kind: 'not-run', reason: 'stopped' } : { kind: 'passed', reason: '' };
  return { ...({} as Sandbox), backend: 'none', run };
};
beforeEach(() => {
  vi.mocked(openSandbox).mockReset().mockImplementation(bare);
});

it('refuses to run programs unsandboxed unless told to, and then says so', async () => {
  await expect(openJudge(false, SILENT)).rejects.toMatchObject({ code: 'not-supported' });
  const noted = vi.fn();
  const judge = await openJudge(true, { ...SILENT, noted });
  expect(noted.mock.calls.join()).toMatch(/^warning: no sandbox works here; .* all your rights/);
  expect(await judge.runPrograms([program])).toEqual([{ kind: 'passed', reason: '' }]);
});

it('opens a sandbox with the first program, and one only', async () => {
  const judge = lazyJudge(true, SILENT);
  expect(openSandbox).not.toHaveBeenCalled();
  await Promise.all([judge.runPrograms([program]), judge.runPrograms([program])]);
  expect(openSandbox).toHaveBeenCalledTimes(1);
});

it('makes up no verdict when it is stopped', async () => {
  const controller = new AbortController();
  const judge = await openJudge(true, { ...SILENT, signal: controller.signal });
  controller.abort();
  await expect(judge.runPrograms([program])).rejects.toMatchObject({ code: 'interrupted' });
});
