/** A published checkpoint, opened: which network it is, and where in which file each weight lies. Nothing is loaded. */
import type { FloatFormat } from '../core/float-formats.ts';
import type { Family } from '../core/question.ts';
import type { SftRow } from '../core/sft-row.ts';

export type StoredDtype = FloatFormat;

/** One weight, in place in its published file. */
export interface StoredTensor {
  /** Name in the net's vocabulary (below), without any prefix of the published layout. */
  readonly name: string;
  /** Name in the file, for messages. */
  readonly publishedName: string;
  /** Absolute path of the safetensors file. */
  readonly file: string;
  /** First byte of the values, counted from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
}

/** Weights `wte.weight wpe.weight h.N.{ln_1,ln_2}.{weight,bias} h.N.attn.{c_attn,c_proj}.{weight,bias} h.N.mlp.{c_fc,c_proj}.{weight,bias} ln_f.{weight,bias} [lm_head.weight]`; linears stored [in, out]. */
export interface Gpt2Architecture {
  readonly kind: 'gpt2';
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly innerWidth: number;
  /** Rows of the position table. */
  readonly contextLength: number;
  readonly layerNormEpsilon: number;
  readonly vocabularyRows: number;
  readonly tiedHead: boolean;
}

/** Weights `embed_tokens.weight layers.N.{input_layernorm,post_attention_layernorm}.weight layers.N.self_attn.{q,k,v,o}_proj.weight layers.N.mlp.{gate,up,down}_proj.weight norm.weight [lm_head.weight]`; linears stored [out, in]. */
export interface LlamaArchitecture {
  readonly kind: 'llama';
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly innerWidth: number;
  readonly contextLength: number;
  readonly rmsNormEpsilon: number;
  readonly ropeBase: number;
  readonly vocabularyRows: number;
  readonly tiedHead: boolean;
}

export type Architecture = Gpt2Architecture | LlamaArchitecture;

/** How a model answers; what config.json does not say comes from the catalog, `bench.json` in the folder, or flags. */
export interface ModelOptions {
  readonly family: Family;
  /** null for autoregressive models. */
  readonly maskId: number | null;
  readonly shift: boolean;
}

export interface Checkpoint {
  /** As typed by the user. */
  readonly name: string;
  readonly folder: string;
  readonly architecture: Architecture;
  readonly options: ModelOptions;
  /** Row layout that it was fine-tuned with; null where nothing says so. */
  readonly sft: SftRow | null;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Parameters, each tied one counted once. */
  readonly parameters: number;
  /**
   * SHA-256 over the architecture and the weights' names, dtypes, shapes and values; published layout and `options` do
   * not enter. Reads the files; cached beside nothing, computed once a process.
   */
  digest(): Promise<string>;
}
