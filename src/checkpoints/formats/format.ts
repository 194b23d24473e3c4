/** What a file format of weights is to the rest: something that says where in which file each tensor lies. */
import type { Bytes } from '../../core/units.ts';

/** Bytes of a file. */
export interface Place {
  /** Of the first, counted from the start of the file. */
  readonly offset: Bytes;
  readonly byteLength: Bytes;
}

/** One tensor as its file lists it; the dtype may be one that no weight can have. */
export interface PublishedTensor extends Place {
  readonly name: string;
  /** Absolute path; of the first part where there are several. */
  readonly file: string;
  /** As the format calls it; those that values can be read from are in `codecs/`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where the values do not lie in row-major order of the shape. */
  readonly view?: View;
  /** Where the values come of several tensors. */
  readonly made?: Made;
}

/**
 * An order of values: the one at index (i, j, …) of `shape` is number `start + i · strides[0] + j · strides[1] + …` of those
 * in the file, and the values follow each other row-major in `shape`.
 */
export interface View {
  readonly start: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface Made {
  readonly from: readonly PublishedTensor[];
  /** What is done with them, where the tensors alone do not say it; a part of the weight's identity. */
  readonly how: string;
  /** All values, row-major, in memory that is the caller's. */
  values(): Promise<Float32Array>;
}

export interface PublishedWeights {
  /** The file that says which tensors there are: the weight file, or the index of shards. */
  readonly source: string;
  readonly tensors: readonly PublishedTensor[];
  /** Name dropped on saving -> name kept, for tensors that share storage. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What `config.json` would say, where the format has it in the weight file. */
  readonly config?: unknown;
  /** What the file says of how the model answers. */
  readonly answering?: Saying;
  /** Metadata of which the tokenizer can be rebuilt (`tokenizer.ggml.…`). */
  readonly tokenizer?: Readonly<Record<string, unknown>>;
}

export interface Saying {
  readonly family?: 'autoregressive' | 'diffusion';
  readonly maskId?: number;
  readonly shift?: boolean;
}

/** A format that finds its files in a folder by itself. */
export interface FolderFormat {
  readonly name: string;
  /**
   * Reads the headers of the weight files of a folder, no values.
   *
   * @param folder absolute path
   * @returns null where there is no file of this format
   * @throws HarnessError 'bad-checkpoint' when a file is damaged, or files disagree with each other
   */
  read(folder: string): Promise<PublishedWeights | null>;
}

/** A format whose files can be named as a model, one by one. */
export interface FileFormat {
  readonly name: string;
  /** What the names of its files end with, dot included. */
  readonly suffix: string;
  /**
   * Reads the header of one file, no values.
   *
   * @param file absolute path
   * @throws HarnessError 'bad-checkpoint' when the file is damaged
   */
  readFile(file: string): Promise<PublishedWeights>;
}

/** A format of Hugging Face's libraries: a folder has one file of this name, or shards listed by `NAME.index.json`. */
export interface HubFormat extends FileFormat {
  readonly single: string;
  /** As messages call such a file. */
  readonly called: string;
}

export type WeightFormat = FolderFormat | (FolderFormat & FileFormat) | HubFormat;
