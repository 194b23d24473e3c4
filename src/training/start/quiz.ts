/** Asks a written checkpoint held-out problems, by the samplers that every verb uses. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { SftRow } from '../../core/sft-row.ts';
import type { Engine } from '../../engines/engine.ts';
import { CANONICAL_TEXT } from '../../lm/writing/continuation-text.ts';
import { denoiseCanvases } from '../../lm/writing/proposer.ts';
import type { Canvas } from '../../lm/writing/sampler.ts';
import { openTextGenerator } from '../../lm/writing/text-generator.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { encoded, type Pair } from '../data/pair-rows.ts';
import { sftTrainingRow } from '../data/training-row.ts';
import type { AccuracyLine } from '../training-folder.ts';

/** Held-out problems, and what counts as a right answer. */
export interface Quiz {
  readonly source: string;
  /** Tokens of a row. */
  readonly length: number;
  /** Infinite where problems are made. */
  readonly problems: number;
  pair(index: number): Pair;
  isCorrect(index: number, written: string): boolean;
}

export interface QuizSettings {
  readonly problems: number;
  /** Diffusion steps T. */
  readonly steps: readonly number[];
}

export interface QuizzedModel {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly sft: SftRow;
  readonly engine: Engine;
}

export async function quizAccuracy(
  quizzes: readonly Quiz[],
  model: QuizzedModel,
  settings: QuizSettings,
): Promise<readonly AccuracyLine[]> {
  const lines: AccuracyLine[] = [];
  for (const quiz of quizzes) {
    const problems = Math.min(settings.problems, quiz.problems);
    const indices = Array.from({ length: problems }, (_, index) => index);
    const isDiffusion = model.checkpoint.options.family === 'diffusion';
    for (const steps of isDiffusion ? settings.steps : [null]) {
      const texts =
        steps === null ? await writtenLeft(quiz, indices, model) : await denoised(quiz, indices, model, steps);
      const right = indices.filter((index) => quiz.isCorrect(index, texts[index] ?? '')).length;
      lines.push({ source: quiz.source, steps, right, problems });
    }
  }
  return lines;
}

/** By confidence, canonical form, greedily; the text ends at EOS. */
async function denoised(
  quiz: Quiz,
  indices: readonly number[],
  { checkpoint, tokenizer, sft, engine }: QuizzedModel,
  steps: number,
): Promise<readonly string[]> {
  const { maskId, shift } = checkpoint.options;
  if (maskId === null) throw new TypeError('a diffusion model has a mask');
  const canvases = indices.map((index): Canvas => {
    const { ids, learnt } = sftTrainingRow(
      encoded(quiz.pair(index).prompt, { tokenizer, sft }),
      [],
      sft,
      quiz.length,
      'diffusion',
    );
    const maskable = [...learnt.keys()].filter((position) => learnt[position] === 1);
    return { key: `${quiz.source}/${index}`, draw: 0, ids, maskable };
  });
  const results = await denoiseCanvases(
    canvases,
    { steps },
    { maskId, shift, openFraction: 1 },
    { checkpoint, engine },
  );
  return results.map(({ ids }, i) => {
    const answer = [...ids.subarray(canvases[i]?.maskable[0] ?? 0)];
    const end = answer.indexOf(sft.eosId);
    const kept = (end < 0 ? answer : answer.slice(0, end)).filter((id) => !sft.hiddenIds.includes(id));
    return tokenizer.decode(kept, { skipSpecialTokens: true });
  });
}

/** Greedily, from left to right, to EOS. */
async function writtenLeft(
  quiz: Quiz,
  indices: readonly number[],
  { checkpoint, tokenizer, sft, engine }: QuizzedModel,
): Promise<readonly string[]> {
  const generator = openTextGenerator(checkpoint, tokenizer, engine);
  try {
    const requests = indices.map((index) => {
      const source = encoded(quiz.pair(index).prompt, { tokenizer, sft });
      const prompt = Int32Array.from([sft.bosId, ...source, sft.sepId].filter((id) => id !== null));
      return {
        key: `${quiz.source}/${index}`,
        prompt,
        length: { tokens: Math.max(1, quiz.length - prompt.length), source: 'fixed' } as const,
        stops: [],
        endIds: [sft.eosId],
        text: CANONICAL_TEXT,
      };
    });
    const generated = await generator.generate(requests, { kind: 'greedy' });
    return generated.map((item) => (item.kind === 'generated' ? item.text : ''));
  } finally {
    await generator.dispose();
  }
}
