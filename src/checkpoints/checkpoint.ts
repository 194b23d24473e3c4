/** A published checkpoint, opened: which network it is, and where in which file each weight lies. Nothing is loaded. */
import type { Architecture, Layout } from '../architectures/architecture.ts';
import type { FloatFormat } from '../core/numbers/float-formats.ts';
import type { Family } from '../core/question.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { DecodedWeight, DenseWeight } from '../tensor/ops.ts';
import type { PublishedTensor } from './formats/format.ts';

export type StoredDtype = FloatFormat;

interface NamedTensor {
  /** Name in the net's vocabulary (`ArchitectureKind`), without any prefix of the published layout. */
  readonly name: string;
  /** Name in the file, for messages. */
  readonly publishedName: string;
}

/** One weight, in place in its published file. */
export interface DenseTensor extends NamedTensor, DenseWeight {}

/** One weight that is decoded when it is read. */
export interface DecodedTensor extends NamedTensor, DecodedWeight {
  /** Its bytes, blocks and parts, as they lie in the files. */
  readonly published: PublishedTensor;
}

export type StoredTensor = DenseTensor | DecodedTensor;

/** Every weight of a network, in the files that hold it. */
export interface PlacedTensors {
  /** Net name -> place, in the order of the computation. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly layout: Layout;
  readonly vocabularyRows: number;
  readonly tiedHead: boolean;
  /** Which tensors were passed over that another program may read, a sentence each. */
  readonly notes: readonly string[];
}

/** How a model answers; what config.json does not say comes from the catalog, `bench.json` in the folder, or flags. */
export interface ModelOptions {
  readonly family: Family;
  /** null for autoregressive models, and for diffusion that masks nothing (`OwnDiffusion`). */
  readonly maskId: number | null;
  readonly shift: boolean;
  /** Tokens of a block: a token sees its own block and all before it. Absent: a diffusion model sees everything. */
  readonly blockLength?: number;
}

export interface Checkpoint {
  /** As typed by the user. */
  readonly name: string;
  readonly folder: string;
  readonly architecture: Architecture;
  readonly options: ModelOptions;
  /** What `bench.json` in the folder, else the catalog, says of its family; null where neither does. */
  readonly declaredFamily: Family | null;
  /** Row layout that it was fine-tuned with; null where nothing says so. */
  readonly sft: SftRow | null;
  /** Tokens with which its files say that text ends (`eos_token_id`); empty where they say none. Any may be no row of the vocabulary. */
  readonly endIds: readonly number[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Metadata in its weight file of which a tokenizer can be rebuilt (`tokenizer.ggml.…`); null where it has none. */
  readonly tokenizer: Readonly<Record<string, unknown>> | null;
  /** What was passed over or understood on opening, a sentence each. */
  readonly notes: readonly string[];
  /** Whether its config says that the output matrix is the embedding. */
  readonly saysTied: boolean;
  /** Parameters, each tied one counted once. */
  readonly parameters: number;
  /**
   * SHA-256 over the architecture and the weights' names, dtypes, shapes and values; published layout and `options` do
   * not enter. Weights that are decoded count as what they decode to, in the smallest of F16, BF16 and F32 that holds it exactly:
   * equal values in another file format have an equal digest. Reads the files; of large ones it is kept.
   *
   * @throws HarnessError 'bad-checkpoint' where a file cannot be read, or holds other weights than when it was asked before
   */
  digest(): Promise<string>;
  /** For whoever has read weights: @throws HarnessError likewise. Where the digest was not asked before, nothing is read. */
  requireUnchanged(): Promise<void>;
}
