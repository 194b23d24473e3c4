/**
 * Speed of generation, as ratios within one run: `node dist/scripts/bench-generation.js [section …] [--out FILE] [--smoke]`,
 * sections diffusion, drawn, blocks, unconditional, unconditional-mini, unconditional-small, ar (default: all). Run it on an idle
 * machine. `--out results/generation-speed.md` writes the report; `--smoke` takes tiny networks, to see that everything runs. Writes random checkpoints of GPT-2-small's shape to BENCH_SCRATCH
 * (default: the system's temporary folder), 1 GB.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { cachedRate } from './bench-generation/cached-rate.ts';
import { denoisingRate } from './bench-generation/denoising-rate.ts';
import { keptRate } from './bench-generation/kept-rate.ts';
import { unconditionalRate } from './bench-generation/unconditional-rate.ts';
import { checkpointOf } from './bench-scoring/workbench.ts';

type Shape = 'gpt2-small' | 'gpt2-tiny';

/** So many of 1,024 tokens at T = 64; of the tiny shape a few short ones. */
async function texts(shape: Shape | 'gpt2-micro' | 'gpt2-mini', count: number): Promise<string[]> {
  const load = {
    steps: 64,
    topP: 0.9,
    ...(shape === 'gpt2-tiny' ? { texts: 4, length: 64 } : { texts: count, length: 1024 }),
  };
  return [await unconditionalRate(await checkpointOf(shape, 'diffugpt'), await onnxEngine({ beside: true }), load)];
}

const SECTIONS: Readonly<Record<string, (shape: Shape) => Promise<string[]>>> = {
  diffusion: async (shape) =>
    denoisingRate(await checkpointOf(shape, 'diffugpt'), await onnxEngine(), { steps: 32 }, 0.7),
  drawn: async (shape) =>
    denoisingRate(await checkpointOf(shape, 'diffugpt'), await onnxEngine(), { steps: 32, temperature: 1 }, 0.5),
  blocks: async (shape) => {
    const [checkpoint, engine] = [await checkpointOf(shape, 'diffugpt'), await onnxEngine()];
    const load = shape === 'gpt2-small' ? { newTokens: 256, block: 32 } : { newTokens: 48, block: 8 };
    const of = (batch: number) => keptRate(checkpoint, engine, { batch, prompt: 0, steps: 8, ...load });
    return [await of(1), await of(4)];
  },
  unconditional: (shape) => texts(shape === 'gpt2-tiny' ? shape : 'gpt2-micro', 64),
  'unconditional-mini': (shape) => texts(shape === 'gpt2-tiny' ? shape : 'gpt2-mini', 8),
  'unconditional-small': (shape) => texts(shape, 1),
  ar: async (shape) => cachedRate(await checkpointOf(shape, 'gpt2'), await onnxEngine(), [1, 8]),
};

function report(lines: readonly string[], shape: Shape): string {
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`;
  return `# Speed of generation

Command: \`npm run build && node dist/scripts/bench-generation.js --out results/generation-speed.md\`. Machine: ${machine}.
Random weights of the shape ${shape}. Ratios are taken within this one run; absolute rates of such machines vary by tens of percent
from hour to hour.

${lines.map((line) => `    ${line}`).join('\n')}

The rate of denoising counts the matrix products of every forward, of the rows that are projected to the vocabulary only those
that are read; the scoring rate is that of \`bench-scoring.js\` for sequences of 128. Without a cache, every token costs a forward of
the whole sequence.
`;
}

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, smoke: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(`unknown section "${unknown}"; known: ${Object.keys(SECTIONS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const shape = values.smoke ? 'gpt2-tiny' : 'gpt2-small';
  const lines: string[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(SECTIONS)) {
    for (const line of await (SECTIONS[name] as (shape: Shape) => Promise<string[]>)(shape)) {
      process.stdout.write(`${line}\n`);
      lines.push(line);
    }
  }
  if (values.out !== undefined) await writeFile(values.out, report(lines, shape));
}
