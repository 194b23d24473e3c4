/**
 * Time and memory of `bench report` on long runs: two models on eight tasks, 40,000 items each in all, made up.
 *
 *     node dist/scripts/bench-report.js [ITEMS]      ITEMS a model, 40000 unless given
 *
 * Writes the runs to a temporary folder, makes the page in a process of its own, and prints seconds, peak memory and size.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../src/core/canonical-json.ts';
import { stream } from '../src/core/random.ts';
import type { ItemRecord } from '../src/core/record.ts';
import type { AlternativeScore, Ranking } from '../src/core/response.ts';
import { scriptedStoredRun } from '../src/report/view/scripted-stored-run.ts';
import { recordLine } from '../src/store/record-line.ts';
import { RUN_FILES } from '../src/store/run-folder.ts';

const TASKS = ['piqa', 'siqa', 'winogrande', 'hellaswag', 'lambada', 'lambada-openai', 'gsm8k', 'countdown-cd4'];
const STEPS = [1, 8, 32];
const ANSWER_TOKENS = 12;
const LIMITS = { seconds: 10, bytes: 1.5e9 };
const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));

const items = Number(process.argv[2] ?? 40_000);
const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
try {
  for (const family of ['autoregressive', 'diffusion'] as const) {
    for (const task of TASKS) store(family, task, Math.round(items / TASKS.length));
  }
  const file = join(folder, 'report.html');
  const measured = `import(${JSON.stringify(BENCH)}); process.on('exit', () => process.stderr.write('PEAK ' + process.resourceUsage().maxRSS))`;
  const start = performance.now();
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', measured, 'bench', 'report', '--runs', join(folder, 'runs'), '--out', file],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(/PEAK (\d+)/.exec(stderr)?.[1]) * 1024;
  if (status !== 0) throw new Error(stderr);
  const verdict = seconds <= LIMITS.seconds && peak <= LIMITS.bytes ? 'within' : 'beyond';
  process.stdout.write(
    `${2 * items} records in ${2 * TASKS.length} runs: ${seconds.toFixed(1)} s, peak ${(peak / 1e6).toFixed(0)} MB, ` +
      `page ${(statSync(file).size / 1e6).toFixed(1)} MB; ${verdict} ${LIMITS.seconds} s and ${LIMITS.bytes / 1e9} GB\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function store(family: 'autoregressive' | 'diffusion', task: string, count: number): void {
  const random = stream(0, 'made-up', family, task);
  let drawn = 0;
  const records = Array.from({ length: count }, (_, index) =>
    toRecord(family, `${task}/${index}`, index, () => random.uniform(drawn++)),
  );
  const model = family === 'diffusion' ? { name: 'made-up-diffusion' } : { name: 'made-up-ar', family, maskId: null };
  const run = scriptedStoredRun({
    model,
    settings: family === 'diffusion' ? { steps: STEPS } : { steps: [] },
    task,
    records,
  });
  const target = join(folder, 'runs', `${model.name}-${task}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, RUN_FILES.manifest), canonicalJson(run.manifest));
  writeFileSync(join(target, RUN_FILES.environment), JSON.stringify(run.environment));
  writeFileSync(join(target, RUN_FILES.records), records.map(recordLine).join(''));
}

function toRecord(family: string, id: string, index: number, uniform: () => number): ItemRecord {
  const isDiffusion = family === 'diffusion';
  const noisy = () => ({ value: 30 + 10 * uniform(), stderr: isDiffusion ? uniform() : 0 });
  const alternative = (): AlternativeScore => ({
    tokens: ANSWER_TOKENS,
    crossing: false,
    quantities: isDiffusion
      ? { nelbo: noisy(), ...Object.fromEntries(STEPS.map((steps) => [`nelbo@${steps}`, noisy()])) }
      : { loglikelihood: { value: -30 - 10 * uniform(), stderr: 0 } },
    ...(isDiffusion ? { maskedCrossEntropy: perToken(uniform) } : { tokenLogprobs: perToken(uniform) }),
    exact: !isDiffusion,
    greedy: null,
  });
  const ranking: Ranking = { best: 0, runnerUp: 1, margin: uniform(), stderr: isDiffusion ? uniform() : 0 };
  const names = isDiffusion ? ['nelbo/sum', 'nelbo/mean', 'nelbo/byte'] : ['loglikelihood/sum', 'loglikelihood/mean'];
  const right = () => (uniform() < 0.5 ? 0 : 1);
  const curves = isDiffusion ? STEPS.map((steps) => [`accNelbo@${steps}`, right()] as const) : [];
  return {
    id,
    index,
    score: {
      kind: 'scored',
      values: { acc: right(), accSum: right(), accMean: right(), ...Object.fromEntries(curves) },
      answer: 0,
      gold: 0,
      undecided: false,
    },
    response: {
      kind: 'answered',
      views: {
        default: {
          alternatives: [alternative(), alternative(), alternative(), alternative()],
          rankings: Object.fromEntries(names.map((name) => [name, ranking])),
        },
      },
      nfe: 20,
    },
  };
}

function perToken(uniform: () => number): number[] {
  return Array.from({ length: ANSWER_TOKENS }, () => -4 * uniform());
}
