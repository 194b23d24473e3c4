import type { Engine } from '../../engines/engine.ts';
import type { ModelFiles } from '../run-parts.ts';
import type { CellSetting } from './cell.ts';

/** What all texts of a model share: everything but T and temperature. */
export async function textSetting(
  { checkpoint, tokenizer }: ModelFiles,
  engine: Engine,
  asked: Pick<CellSetting, 'length' | 'samples' | 'topP' | 'form' | 'seed'>,
): Promise<Omit<CellSetting, 'steps' | 'temperature'>> {
  const { family, shift, maskId } = checkpoint.options;
  const { length, samples, topP, form, seed } = asked;
  return {
    ...{ model: checkpoint.name, family, weightsDigest: await checkpoint.digest(), tokenizerDigest: tokenizer.digest },
    ...{ engine: engine.name, dtype: engine.dtype, topP, form: family === 'diffusion' ? form : null, shift, maskId },
    ...{ length, samples, seed },
  };
}
