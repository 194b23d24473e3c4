/**
 * Races of every risk and cap on the same passes, beside a fixed number of passes: `node dist/scripts/weigh-races.js TASK [ITEMS [REFERENCE [MODEL
 * [SEEDS [FROM]]]]]` (default: 100 items, 512 passes, tiny-diffugpt, 2 seeds, from the first item on); TASK is story-endings, made here, or one whose rows are in BENCH_DATA_DIR.
 * All rounds of all answers are computed once and looked at as each race would. A setting is chosen on the items of even number, and held against
 * the fixed passes on the odd ones. Beside them, what somebody would need who knew every lead and its noise beforehand. Prints a section of
 * results/racing-settings.md.
 */
import { orNull } from '../src/core/errors.ts';
import type { Example } from '../src/core/question.ts';
import { prepareRuns } from '../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS } from '../src/evaluate/options.ts';
import type { ModelFiles } from '../src/evaluate/run-parts.ts';
import { openNet } from '../src/lm/forward/forward.ts';
import { denoiserOf } from '../src/lm/likelihood/checkpoint-denoiser.ts';
import { lowerView } from '../src/lm/lowering/lower.ts';
import type { LoweredAsk } from '../src/lm/lowering/lowered-ask.ts';
import { examplesOf } from '../src/runner/plan.ts';
import { endingRows, storyEndings } from './bench-racing/story-endings.ts';
import { oraclePasses } from './weigh-races/oracle.ts';
import { type RecordedItem, ROUNDS, raced, recordRounds, withPasses } from './weigh-races/recorded.ts';

const [
  name = '',
  itemsGiven = '100',
  referenceGiven = '512',
  model = 'tiny-diffugpt',
  seedsGiven = '2',
  fromGiven = '0',
] = process.argv.slice(2);
const [limit, reference, seeds, from] = [itemsGiven, referenceGiven, seedsGiven, fromGiven].map(Number) as [
  number,
  number,
  number,
  number,
];
const [SEED_OF_REFERENCE, AT_ONCE] = [1000, 25];
const [RISKS, CAPS, FIXED] = [
  [0.005, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 0.95],
  [2, 3, 4, 5, 6],
  [8, 32],
] as const;
const STANDARD = { risk: 0.005, rounds: ROUNDS } as const;

interface Found {
  readonly item: number;
  readonly best: number;
  readonly passes: number;
  readonly decided: boolean;
}

interface Sum {
  readonly wrong: number;
  readonly clear: number;
  readonly passes: number;
  readonly undecided: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const prepared = await prepareRuns({
  ...RUN_DEFAULTS,
  models: [model],
  tasks: [name === storyEndings.name ? 'stories-choice' : name],
});
const [opened] = prepared.models;
if (opened === undefined) throw new RangeError('no model');
const { checkpoint } = opened;
const denoiser = denoiserOf(checkpoint, { shift: checkpoint.options.shift, openFraction: 1 }, 'weighing races');
const net = await openNet(checkpoint, prepared.engine);
const asks = lowered(examples(), opened).slice(0, limit);
const truth = await inParts((part) => withPasses(part, denoiser, reference, SEED_OF_REFERENCE, net.forward));
const isClear = truth.map(({ ranking: { margin, stderr } }) => margin >= 2 * stderr);
const bySeed: (readonly RecordedItem[])[] = [];
const fixed = new Map<number, Found[]>(FIXED.map((passes) => [passes, []]));
for (let seed = 0; seed < seeds; seed++) {
  bySeed.push(await inParts((part) => recordRounds(part, denoiser, seed, net.forward)));
  for (const [passes, found] of fixed) {
    const answered = await inParts((part) => withPasses(part, denoiser, passes, seed, net.forward));
    found.push(
      ...answered.map((each, item) => ({ item, best: each.ranking.best, passes: each.passes, decided: true })),
    );
  }
}
await net.dispose();
print();

/** A few questions at a time: their passes are held in memory. */
async function inParts<Each>(
  compute: (part: readonly LoweredAsk[]) => Promise<readonly Each[]>,
): Promise<readonly Each[]> {
  const found: Each[] = [];
  for (let from = 0; from < asks.length; from += AT_ONCE)
    found.push(...(await compute(asks.slice(from, from + AT_ONCE))));
  return found;
}

function examples(): readonly Example[] {
  if (name === storyEndings.name)
    return examplesOf(storyEndings, 'canonical', endingRows(from + limit).slice(from), null);
  const [asked] = prepared.tasks;
  if (asked === undefined) throw new RangeError(name);
  return examplesOf(asked.task, 'canonical', asked.loaded.rows.slice(from), null);
}

/** Those that fit into the network. */
function lowered(all: readonly Example[], { tokenizer }: ModelFiles): readonly LoweredAsk[] {
  return all.slice(0, 4 * limit).flatMap(({ id, question }): LoweredAsk[] => {
    if (question.kind !== 'choose') return [];
    const ask = { key: `${name}/${id}`, question };
    try {
      const [view] = question.views.diffusion;
      if (view === undefined) return [];
      return [
        {
          ask,
          views: [{ name: view.name, alternatives: lowerView(view, tokenizer, checkpoint.architecture.contextLength) }],
        },
      ];
    } catch (error) {
      return orNull('context-overflow', 'empty-answer')(error) ?? [];
    }
  });
}

function racesOf(risk: number, rounds: number): readonly Found[] {
  return bySeed.flatMap((items) => items.map((each, item) => ({ item, ...raced(each, risk, rounds) })));
}

function sum(found: readonly Found[], half: number | null): Sum {
  const chosen = found.filter(({ item }) => half === null || item % 2 === half);
  const clear = chosen.filter(({ item }) => isClear[item]);
  return {
    clear: clear.length,
    wrong: clear.filter(({ item, best }) => best !== truth[item]?.ranking.best).length,
    undecided: chosen.filter(({ decided }) => !decided).length,
    passes: chosen.reduce((total, { passes }) => total + passes, 0) / chosen.length,
  };
}

/** Of the settings that are no more often wrong than so many fixed passes on the even items, the one with the fewest passes. */
function chosenFor(passes: number): { readonly risk: number; readonly rounds: number } {
  const allowed = sum(fixed.get(passes) ?? [], 0).wrong;
  const settings = RISKS.flatMap((risk) =>
    CAPS.map((rounds) => ({ risk, rounds, even: sum(racesOf(risk, rounds), 0) })),
  );
  const [best] = settings.filter(({ even }) => even.wrong <= allowed).sort((a, b) => a.even.passes - b.even.passes);
  return best ?? STANDARD;
}

function print(): void {
  say(`## ${name}\n`);
  say(
    `\`node dist/scripts/weigh-races.js ${name} ${limit} ${reference} ${model} ${seeds} ${from}\`: ${asks.length} items, ${isClear.filter(Boolean).length} of them clear.\n`,
  );
  say('| | items | wrong | undecided | passes an item | share |\n|---|---|---|---|---|---|');
  const row = (way: string, found: readonly Found[], half: number | null, of: number): void => {
    const { wrong, clear, undecided, passes } = sum(found, half);
    const share = passes / sum(fixed.get(of) ?? [], half).passes;
    say(
      `| ${way} | ${half === null ? 'all' : 'odd'} | ${wrong} of ${clear} | ${undecided} | ${passes.toFixed(1)} | ${share.toFixed(2)} of ${of} |`,
    );
  };
  row('`--passes auto`', racesOf(STANDARD.risk, STANDARD.rounds), null, 32);
  for (const passes of FIXED) {
    const { risk, rounds } = chosenFor(passes);
    row(`\`--passes ${passes}\``, fixed.get(passes) ?? [], 1, passes);
    row(
      `\`--risk ${risk} --most-passes ${1 + 2 ** (rounds - 1)}\`, chosen on the even items`,
      racesOf(risk, rounds),
      1,
      passes,
    );
  }
  const [of = 32] = FIXED.slice(-1);
  for (const risk of [0.005, 0.05]) {
    const needed = asks.reduce((total, _, item) => total + oracle(item, risk), 0) / asks.length;
    say(
      `| who knew all leads and noise, risk ${risk} | all | | | ${needed.toFixed(1)} | ${(needed / sum(fixed.get(of) ?? [], null).passes).toFixed(2)} of ${of} |`,
    );
  }
}

function oracle(item: number, risk: number): number {
  const found = bySeed.map((items) => items[item] as RecordedItem);
  const best = truth[item]?.ranking.best as number;
  const totals = found.map(({ answers, scales }) =>
    answers.map(({ standings }, i) => {
      const { exact, draws } = (standings[ROUNDS - 1] as (typeof standings)[number]).combination;
      return draws.reduce((a, b) => a + b, exact) * (scales[i] as number);
    }),
  );
  const means = (totals[0] ?? []).map(
    (_, i) => totals.reduce((total, each) => total + (each[i] as number), 0) / totals.length,
  );
  const margins = means.map((mean) => mean - (means[best] as number));
  return oraclePasses(found, best, margins, risk, ROUNDS);
}
