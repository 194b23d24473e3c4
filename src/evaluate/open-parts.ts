/** From what the user typed about a model to its checkpoint, tokenizer and engine. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { openModel } from '../checkpoints/resolve-model.ts';
import { HarnessError } from '../core/errors.ts';
import type { Engine } from '../tensor/ops.ts';
import { loadTokenizer } from '../tokenizers/load.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { EngineName, ModelOverrides } from './options.ts';

/** Opens a checkpoint by catalog name or path. */
export function openCheckpointOf(model: string, overrides: ModelOverrides): Promise<Checkpoint> {
  const { family, maskId, shift } = overrides;
  return openModel(model, { family, maskId, shift });
}

/** The tokenizer that the user named, else the checkpoint's own; null when its folder has none. */
export function tokenizerOf(checkpoint: Checkpoint, overrides: ModelOverrides): Promise<Tokenizer | null> {
  return loadTokenizer(overrides.tokenizer ?? checkpoint.folder);
}

/** @throws HarnessError 'missing-tokenizer' when there is none */
export async function requireTokenizer(checkpoint: Checkpoint, overrides: ModelOverrides): Promise<Tokenizer> {
  const tokenizer = await tokenizerOf(checkpoint, overrides);
  if (tokenizer !== null) return tokenizer;
  const where = overrides.tokenizer ?? checkpoint.folder;
  throw new HarnessError('missing-tokenizer', `expected tokenizer files in ${where}, found none`, {
    hint: 'put tokenizer.json there, or name a folder that has it with --tokenizer DIR',
  });
}

/** Engines are imported when they are needed: they load native code. */
export async function engineOf(name: EngineName, threads: number | null): Promise<Engine> {
  switch (name) {
    case 'onnx': {
      const { onnxEngine } = await import('../engines/onnx/engine.ts');
      return onnxEngine(threads === null ? {} : { threads });
    }
    case 'tfjs': {
      const { tfjsEngine } = await import('../engines/tfjs/engine.ts');
      return tfjsEngine();
    }
    case 'reference': {
      const { referenceEngine } = await import('../engines/reference.ts');
      return referenceEngine();
    }
    default:
      return name satisfies never;
  }
}
