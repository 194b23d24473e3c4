/** A LoRA adapter as it is read from its folder. */
import type { PublishedTensor } from '../formats/format.ts';

export interface AdapterConfig {
  /** What it was trained on, as whoever trained it called it: a folder or a name of the hub. null where nothing is said. */
  readonly base: string | null;
  /** Whether rows of the updated matrix get lengths of their own (DoRA). */
  readonly isWeightDecomposed: boolean;
  /** Whether a change of the embedding is one of a tied output matrix as well. */
  readonly keepsTie: boolean;
  /** Rank that the update of a module has: the first matching pattern, else `r`. @param name of the module */
  rankOf(name: string): number;
  /** What the product B·A is multiplied by: alpha / rank, or alpha / √rank (rank-stabilised). */
  scalingOf(name: string): number;
}

/** Factors of a module's update; each may be missing as far as the file is read. */
export interface Factors {
  /** Name of the module, without what PEFT puts in front. */
  readonly module: string;
  /** Whether they are those of a table, which lie the other way round. */
  readonly isTable: boolean;
  readonly a?: PublishedTensor;
  readonly b?: PublishedTensor;
  readonly lengths?: PublishedTensor;
}

export interface AdapterTensors {
  readonly source: string;
  /** Net name of the matrix -> what it is updated with. */
  readonly updates: ReadonlyMap<string, Factors>;
  /** Net name -> what stands in its place. */
  readonly replacements: ReadonlyMap<string, PublishedTensor>;
}

export interface Adapter extends AdapterTensors {
  readonly config: AdapterConfig;
}
