/**
 * Time and memory of `bench report` on long runs: two models on eight tasks with as many items as are published, or on as many
 * more in the same shares, made up.
 *
 *     node dist/scripts/bench-report.js [ITEMS]      ITEMS a model, 40000 unless given; `published` = as many as there are
 *
 * Writes the runs to a temporary folder, makes the page in a process of its own, and prints seconds, peak memory and size.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stream } from '../src/core/numbers/random.ts';
import type { Family } from '../src/core/question.ts';
import type { ItemRecord } from '../src/core/record.ts';
import { type AlternativeScore, NORMALISATIONS, type Ranking, type Response } from '../src/core/response.ts';
import { canonicalJson } from '../src/core/text/canonical-json.ts';
import { storeQuestions } from '../src/store/records/question-file.ts';
import { recordLine } from '../src/store/records/record-file.ts';
import type { StoredQuestion } from '../src/store/records/stored-question.ts';
import { RUN_FILES } from '../src/store/run-folder.ts';
import { scriptedStoredRun } from '../test/scripted/scripted-stored-run.ts';
import { madeUpText } from './made-up-text.ts';

/** Items of the published sets, and typical words of a question and of an answer. */
const TASKS = [
  { task: 'lambada', items: 5153, question: 75, answer: 1, choices: 1, writes: false },
  { task: 'hellaswag', items: 10_042, question: 40, answer: 25, choices: 4, writes: false },
  { task: 'winogrande', items: 1267, question: 20, answer: 2, choices: 2, writes: false },
  { task: 'siqa', items: 1954, question: 24, answer: 5, choices: 3, writes: false },
  { task: 'piqa', items: 1838, question: 10, answer: 20, choices: 2, writes: false },
  { task: 'gsm8k-natural', items: 1319, question: 46, answer: 60, choices: 1, writes: true },
  { task: 'humaneval-infill', items: 1033, question: 110, answer: 12, choices: 1, writes: true },
  { task: 'countdown-cd4', items: 3000, question: 10, answer: 18, choices: 1, writes: true },
];
type MadeUpTask = (typeof TASKS)[number];
const ALL_ITEMS = TASKS.reduce((sum, { items }) => sum + items, 0);
const STEPS = [1, 8, 32];
const ANSWER_TOKENS = 12;
const LIMITS = { seconds: 10, bytes: 1.5e9, page: 15e6 };
/** The page's limit is for the published sets; more items may take more. */
const isPublished = process.argv[2] === 'published';
const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));

const items = isPublished ? ALL_ITEMS : Number(process.argv[2] ?? 40_000);
const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
try {
  for (const family of ['autoregressive', 'diffusion'] as const) {
    for (const task of TASKS) await store(family, task, Math.round((task.items * items) / ALL_ITEMS));
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
  const page = statSync(file).size;
  const isWithin = seconds <= LIMITS.seconds && peak <= LIMITS.bytes && (!isPublished || page <= LIMITS.page);
  process.stdout.write(
    `${2 * items} records in ${2 * TASKS.length} runs: ${seconds.toFixed(1)} s, peak ${(peak / 1e6).toFixed(0)} MB, ` +
      `page ${(page / 1e6).toFixed(1)} MB; ${isWithin ? 'within' : 'beyond'} ${LIMITS.seconds} s, ${LIMITS.bytes / 1e9} GB` +
      `${isPublished ? ` and ${LIMITS.page / 1e6} MB` : ''}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function store(family: Family, made: MadeUpTask, count: number): Promise<void> {
  const { task } = made;
  const random = stream(0, 'made-up', family, task);
  const written = madeUpText(stream(0, 'made-up-written', family, task));
  const asked = madeUpText(stream(0, 'made-up-text', task));
  let drawn = 0;
  const ids = Array.from({ length: count }, (_, index) => `${task}/${index}`);
  const records = ids.map((id, index) => toRecord(family, made, id, index, () => random.uniform(drawn++), written));
  const model = family === 'diffusion' ? { name: 'made-up-diffusion' } : { name: 'made-up-ar', family, maskId: null };
  const settings = { steps: family === 'diffusion' ? STEPS : [] };
  const run = scriptedStoredRun({ model, settings, task, records });
  const target = join(folder, 'runs', `${model.name}-${task}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, RUN_FILES.manifest), canonicalJson(run.manifest));
  writeFileSync(join(target, RUN_FILES.environment), JSON.stringify(run.environment));
  writeFileSync(join(target, RUN_FILES.records), records.map(recordLine).join(''));
  await storeQuestions(
    target,
    ids.map((id, index) => toQuestion(made, id, index, asked)),
  );
}

function toQuestion(made: MadeUpTask, id: string, index: number, text: (words: number) => string): StoredQuestion {
  const answers = Array.from({ length: made.choices }, () => text(made.answer));
  return {
    id,
    index,
    kind: made.writes ? 'write' : made.choices > 1 ? 'choose' : 'fill',
    answers,
    gold: 0,
    views: [
      {
        name: 'default',
        context: `Question: ${text(made.question)}\nAnswer:`,
        alternatives: answers.map((answer) => [{ text: ` ${answer}`, scored: true }]),
      },
    ],
  };
}

function toRecord(
  family: Family,
  made: MadeUpTask,
  id: string,
  index: number,
  uniform: () => number,
  text: (words: number) => string,
): ItemRecord {
  const right = () => (uniform() < 0.5 ? 0 : 1);
  const curves = family === 'diffusion' ? STEPS.map((steps) => [`accNelbo@${steps}`, right()] as const) : [];
  const values = { acc: right(), accSum: right(), accMean: right(), ...Object.fromEntries(curves) };
  const response = made.writes ? writtenResponse(family, made, text) : rankedResponse(family, made, uniform);
  return { id, index, score: { kind: 'scored', values, answer: 0, gold: 0, undecided: false }, response };
}

function writtenResponse(family: Family, { answer }: MadeUpTask, text: (words: number) => string): Response {
  const steps = family === 'diffusion' ? STEPS : [null];
  const texts = steps.map((T) => ({ steps: T, draw: 0, text: text(answer), tokens: answer, nfe: T ?? answer }));
  return { kind: 'written', views: { default: texts }, nfe: 20 };
}

function rankedResponse(family: Family, { choices }: MadeUpTask, uniform: () => number): Response {
  const isDiffusion = family === 'diffusion';
  const noisy = () => ({ value: 30 + 10 * uniform(), stderr: isDiffusion ? uniform() : 0 });
  const alternative = (): AlternativeScore => ({
    tokens: ANSWER_TOKENS,
    crossing: false,
    quantities: isDiffusion
      ? {
          nelbo: noisy(),
          ...Object.fromEntries(STEPS.flatMap((T) => [`nelbo@${T}`, `official@${T}`]).map((name) => [name, noisy()])),
        }
      : { loglikelihood: { value: -30 - 10 * uniform(), stderr: 0 } },
    ...(isDiffusion ? { maskedCrossEntropy: perToken(uniform) } : { tokenLogprobs: perToken(uniform) }),
    exact: !isDiffusion,
    greedy: null,
  });
  const ranking = (): Ranking => ({ best: 0, runnerUp: 1, margin: uniform(), stderr: isDiffusion ? uniform() : 0 });
  const main = isDiffusion ? 'nelbo' : 'loglikelihood';
  const names = [
    ...NORMALISATIONS.map((normalisation) => `${main}/${normalisation}`),
    ...(isDiffusion ? STEPS.flatMap((T) => [`nelbo@${T}/mean`, `official@${T}/sum`]) : []),
  ];
  const rankings = choices > 1 ? Object.fromEntries(names.map((name) => [name, ranking()])) : {};
  return {
    kind: 'answered',
    views: { default: { alternatives: Array.from({ length: choices }, alternative), rankings } },
    nfe: 20,
  };
}

function perToken(uniform: () => number): number[] {
  return Array.from({ length: ANSWER_TOKENS }, () => -4 * uniform());
}
