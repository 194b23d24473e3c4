/** Reads a folder of `test/golden/data`: the checkpoint, and the numbers that PyTorch gave for it (README there). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';

const DATA = new URL('./data/', import.meta.url);

export interface GoldenForward {
  readonly name: string;
  readonly input_ids: readonly (readonly number[])[];
  readonly original_ids?: readonly (readonly number[])[];
  readonly attention?: 'full' | 'given';
  readonly allowed?: readonly string[];
  readonly positions: readonly number[];
  readonly logits: readonly (readonly (readonly number[])[])[];
  readonly argmax: readonly (readonly number[])[];
  readonly target_logprobs?: readonly (readonly number[])[];
  readonly shifted_target_logprobs?: readonly (readonly number[])[];
}

export interface GoldenChoice {
  readonly ids: readonly number[];
  readonly token_logprobs: readonly number[];
  readonly sum: number;
  readonly mean: number;
  readonly is_greedy: boolean;
}

export interface GoldenEval {
  readonly name: string;
  readonly T: number;
  readonly input_ids: readonly (readonly number[])[];
  readonly src_mask: readonly string[] | null;
  readonly masks_from_t_T_down_to_1: readonly (readonly string[])[];
  readonly score_unweighted: number;
  readonly score_weighted: number;
  readonly steps_without_scored_tokens: number;
  readonly per_step: readonly { readonly scored_tokens: number; readonly loss_sum: number }[];
}

export interface GoldenArLoss {
  readonly input_ids: readonly (readonly number[])[];
  readonly loss: number;
  /** By the name of the parameter in the published file. */
  readonly grads: Readonly<Record<string, { readonly l2: number; readonly first8: readonly number[] }>>;
  readonly adamw: {
    readonly losses_before_each_step_and_after_last: readonly number[];
    readonly params_first8: Readonly<Record<string, readonly number[]>>;
  };
}

export interface GoldenDiffusionLoss extends GoldenArLoss {
  readonly name: string;
  readonly shift: boolean;
  readonly t: readonly number[];
  readonly mask: readonly string[];
  readonly allowed: readonly string[];
  readonly scored_tokens: number;
  readonly unweighted_loss: number;
}

/** A replay of a published sampler; `steps` run from t = T down to 1. */
export interface GoldenGeneration {
  readonly name: string;
  readonly T: number;
  readonly logits_temp: number;
  readonly input_ids: readonly number[];
  readonly src_mask: string | null;
  readonly draws_for_t_T_minus_1_down_to_1?: readonly (readonly number[])[];
  readonly steps: readonly { readonly t: number; readonly xt: readonly number[]; readonly x0: readonly number[] }[];
  readonly returned: readonly number[];
}

export interface Golden {
  /** One object in autoregressive files, a list in diffusion files. */
  readonly train: GoldenArLoss | readonly GoldenDiffusionLoss[];
  readonly kind: 'ar' | 'diffusion';
  readonly mask_token_id?: number;
  readonly vocab_rows: number;
  readonly forward: readonly GoldenForward[];
  readonly multiple_choice?: readonly {
    readonly context_ids: readonly number[];
    readonly choices: readonly GoldenChoice[];
    readonly best_by_sum: number;
    readonly best_by_mean: number;
  }[];
  readonly greedy?: readonly { readonly prompt_ids: readonly number[]; readonly new_ids: readonly number[] }[];
  readonly eval_forward?: readonly GoldenEval[];
  readonly generate_topk_greedy?: readonly GoldenGeneration[];
  readonly generate_random_keep?: readonly GoldenGeneration[];
  readonly units?: {
    readonly lowest_k: readonly { scores: readonly number[]; k: number; still_masked: string }[];
    readonly top_p: readonly {
      p: number;
      logits_temp: number;
      logits: readonly (readonly number[])[];
      kept: readonly string[];
      kept_logprobs: readonly (readonly number[])[];
    }[];
    readonly annealed_mask: readonly { ratio: number; drawn: readonly string[]; allowed: readonly string[] }[];
  };
}

export const GOLDEN_NAMES = [
  'gpt2-tiny-ar',
  'gpt2-tiny-ar-hubkeys',
  'llama-tiny-ar',
  'llama-tiny-ar-bf16',
  'diffugpt-tiny',
  'diffullama-tiny',
  'diffullama-tiny-hf',
] as const;

export function readGolden(name: string): Golden {
  const golden = JSON.parse(readFileSync(new URL(`${name}/golden.json`, DATA), 'utf8'));
  return 'same_values_as' in golden ? readGolden(golden.same_values_as) : golden;
}

export function openGolden(name: string): Promise<Checkpoint> {
  const { kind, mask_token_id: maskId } = readGolden(name);
  const folder = fileURLToPath(new URL(name, DATA));
  return kind === 'ar'
    ? openCheckpoint(folder)
    : openCheckpoint(folder, { family: 'diffusion', maskId: maskId as number, shift: true });
}
