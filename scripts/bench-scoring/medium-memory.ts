/** A GPT-2-medium-shaped checkpoint (1.4 GB): time until it can score, and peak memory while scoring. Runs in a child. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import { checkpointOf, hellaswagShaped, secondsOf } from './workbench.ts';

const READY_SECONDS = 10;

export async function mediumMemory(): Promise<string[]> {
  const { folder } = await checkpointOf('gpt2-medium', 'gpt2');
  const file = join(folder, 'model.safetensors');
  const bytes = statSync(file).size;
  execFileSync('cat', [file], { stdio: ['ignore', 'ignore', 'ignore'] }); // into the page cache
  const child = execFileSync(process.execPath, [fileURLToPath(import.meta.url), folder], { encoding: 'utf8' });
  const { ready, score, peak } = JSON.parse(child) as { ready: number; score: number; peak: number };
  const limit = 1.6 * bytes + 1e9;
  const gb = (value: number) => `${(value / 1e9).toFixed(2)} GB`;
  return [
    `${ready <= READY_SECONDS ? 'ok  ' : 'MISS'} GPT-2-medium ready (digest and engine): ${ready.toFixed(1)} s (limit ${READY_SECONDS} s), file ${gb(bytes)}`,
    `${peak <= limit ? 'ok  ' : 'MISS'} GPT-2-medium peak memory while scoring 16 items: ${gb(peak)} (limit ${gb(limit)}), ${score.toFixed(1)} s`,
  ];
}

/** The child: opens, scores, and prints what it took. Peak is VmHWM: pages of the mapped file count. */
async function measure(folder: string): Promise<void> {
  let forward: Awaited<ReturnType<typeof openNet>>['forward'] | undefined;
  const ready = await secondsOf(async () => {
    const checkpoint = await openCheckpoint(folder);
    await checkpoint.digest();
    forward = (await openNet(checkpoint, await onnxEngine())).forward;
  });
  const items = hellaswagShaped(16, 50257);
  const score = await secondsOf(async () => forward?.(items.map((item) => branch(item).sequence)));
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  process.stdout.write(JSON.stringify({ ready, score, peak }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await measure(process.argv[2] as string);
