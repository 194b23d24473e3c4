/** Writes the texts of a cell: by random-keep denoising from masks alone, or left to right, in both cases behind one start token. */
import { HarnessError } from '../../core/errors.ts';
import type { Engine } from '../../engines/engine.ts';
import { denoiserOf } from '../../lm/likelihood/checkpoint-denoiser.ts';
import { CANONICAL_TEXT } from '../../lm/writing/continuation-text.ts';
import type { TextGenerator } from '../../lm/writing/generate.ts';
import type { Infiller, InfillRequest } from '../../lm/writing/infill.ts';
import { openInfiller } from '../../lm/writing/proposer.ts';
import { openTextGenerator } from '../../lm/writing/text-generator.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { ModelFiles } from '../run-parts.ts';
import { type Cell, type CellSetting, startToken } from './cell.ts';

type Text = Cell['texts'][number];

/** Writes texts number `first` and on. One text depends on no other. */
export interface TextWriter {
  write(setting: CellSetting, first: number, count: number): Promise<readonly Text[]>;
  dispose(): Promise<void>;
}

/** Weights are loaded with the first text. */
export function openTextWriter(files: ModelFiles, engine: Engine, signal: AbortSignal): TextWriter {
  return files.checkpoint.options.family === 'diffusion'
    ? byDenoising(files, openInfiller(files.checkpoint, engine, { signal }))
    : leftToRight(files, openTextGenerator(files.checkpoint, files.tokenizer, engine, { signal }));
}

const keyOf = (sample: number): string => `unconditional/${sample}`;

const byDenoising = ({ checkpoint, tokenizer }: ModelFiles, infiller: Infiller): TextWriter => ({
  async write({ steps, temperature, topP, form, shift, length, seed }, first, count) {
    const denoiser = denoiserOf(checkpoint, { shift, openFraction: 1 }, 'writing');
    const ids = new Int32Array(length).fill(denoiser.maskId);
    ids[0] = startToken(tokenizer);
    const maskable = Array.from({ length: length - 1 }, (_, i) => i + 1);
    const sampler = {
      ...({ order: 'random-keep', form: form ?? 'canonical', tokens: 'drawn', steps: steps as number } as const),
      ...{ temperature, topP, seed },
    };
    const requests = Array.from({ length: count }, (_, i): InfillRequest => {
      return { canvas: { key: keyOf(first + i), draw: 0, ids, maskable }, sampler };
    });
    const written = await infiller.infill(requests, denoiser);
    return written.map((each) => asText(tokenizer, [...each.ids].slice(1), each.nfe));
  },
  dispose: infiller.dispose,
});

const leftToRight = ({ tokenizer }: ModelFiles, generator: TextGenerator): TextWriter => ({
  async write({ temperature, topP, length, seed }, first, count) {
    const requests = Array.from({ length: count }, (_, i) => ({
      key: keyOf(first + i),
      prompt: Int32Array.of(startToken(tokenizer)),
      length: { tokens: length - 1, source: 'fixed' } as const,
      // EOS is a token like others: it parts documents, and all texts are equally long.
      ...{ stops: [], endIds: [], text: CANONICAL_TEXT },
    }));
    const written = await generator.generate(requests, { kind: 'sampled', temperature, topP, seed });
    return written.map((each) => {
      if (each.kind === 'unanswered') throw new HarnessError(each.code, each.reason);
      return asText(tokenizer, [...each.ids], each.nfe);
    });
  },
  dispose: generator.dispose,
});

const asText = (tokenizer: Tokenizer, ids: readonly number[], nfe: number): Text => ({
  ids: [...ids],
  text: tokenizer.decode(ids, { skipSpecialTokens: true }),
  nfe,
});
