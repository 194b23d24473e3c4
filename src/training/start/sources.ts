/** Opens what is trained on, and what the trained model can be asked. */
import type { RandomStream } from '../../core/numbers/random.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { Pair, PairEncoding } from '../data/pair-rows.ts';
import { heldOutPair, madePairs, type PairMaker, pairFileSource, readPairs } from '../data/pair-sources.ts';
import { textSource } from '../data/text-source.ts';
import { openTokenFile } from '../data/token-file.ts';
import { mixtureOf, type TrainingData, type WeightedSource } from '../data/training-data.ts';
import type { SourceOptions, TrainingOptions } from './options.ts';
import type { Quiz } from './quiz.ts';
import type { StartingModel } from './starting-model.ts';

/** Problems that are made, by the name that options use for them; handed in by whoever starts a training. */
export interface PairGenerator {
  readonly name: string;
  /** Every word that its texts hold besides whole numbers: for a word-level vocabulary. */
  readonly words: readonly string[];
  open(settings: Readonly<Record<string, unknown>>): {
    readonly version: number;
    readonly settings: Readonly<Record<string, unknown>>;
    draw(split: 'train' | 'held-out', random: RandomStream): Pair;
    isCorrect(problem: Pair & { readonly key: string }, written: string): boolean;
  };
}

export interface OpenSources {
  readonly data: TrainingData;
  /** Of the sources with one pair a row. */
  readonly quizzes: readonly Quiz[];
  close(): void;
}

export async function openSources(
  options: TrainingOptions,
  model: StartingModel,
  length: number,
  generators: readonly PairGenerator[],
): Promise<OpenSources> {
  const sources: WeightedSource[] = [];
  const quizzes: Quiz[] = [];
  const closers: (() => void)[] = [];
  for (const source of options.data) {
    const opened = await openSource(source, options, model, length, generators);
    sources.push({ source: opened.rows, weight: source.weight });
    if (opened.quiz !== null) quizzes.push(opened.quiz);
    if (opened.close !== null) closers.push(opened.close);
  }
  return { data: mixtureOf(sources), quizzes, close: () => closers.forEach((close) => void close()) };
}

async function openSource(
  source: SourceOptions,
  { heldOut }: TrainingOptions,
  { tokenizer, sft, family }: StartingModel,
  defaultLength: number,
  generators: readonly PairGenerator[],
) {
  const length = source.length ?? defaultLength;
  if (source.kind === 'text') {
    const file = await openTokenFile(source.path, tokenizer, cacheFolder(process.env));
    return { rows: textSource(source.path, file, length, heldOut), quiz: null, close: file.close };
  }
  const encoding: PairEncoding = { tokenizer, layout: source.layout, sft, length, family };
  const isQuiz = source.layout === 'rows';
  if (source.kind === 'pairs') {
    const pairs = await readPairs(source.path, heldOut);
    const at = (index: number) => pairs.heldOut[index] as Pair;
    const isCorrect = (index: number, written: string) => written.trim() === at(index).answer.trim();
    const quiz = { source: source.path, length, problems: pairs.heldOut.length, pair: at, isCorrect };
    return { rows: pairFileSource(source.path, pairs, encoding), quiz: isQuiz ? quiz : null, close: null };
  }
  const { maker, problems } = makerOf(source, generators);
  const quiz: Quiz = {
    source: maker.name,
    length,
    problems: Number.POSITIVE_INFINITY,
    pair: (index) => heldOutPair(maker, index),
    isCorrect: (index, written) => {
      const pair = heldOutPair(maker, index);
      return problems.isCorrect({ ...pair, key: '' }, written);
    },
  };
  return { rows: madePairs(maker, encoding), quiz: isQuiz ? quiz : null, close: null };
}

function makerOf(
  { task, settings }: Extract<SourceOptions, { kind: 'task' }>,
  generators: readonly PairGenerator[],
): { maker: PairMaker; problems: ReturnType<PairGenerator['open']> } {
  const generator = generators.find(({ name }) => name === task);
  if (generator === undefined) throw new TypeError(`no generator ${task}`);
  const problems = generator.open(settings);
  const identity = { version: problems.version, settings: problems.settings };
  // Two settings of one task are two sources, by their draws and in reports.
  const name = [task, ...Object.entries(settings).map(([key, value]) => `${key}=${String(value)}`)].join(' ');
  return { maker: { name, identity, draw: (split, random) => problems.draw(split, random) }, problems };
}
