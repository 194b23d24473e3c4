/** What a file format of weights is to the rest: something that says where in which file each tensor lies. */
import type { Bytes } from '../../core/units.ts';

/** One tensor as its file lists it; the dtype may be one that no weight can have. */
export interface PublishedTensor {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** First byte of the values, counted from the start of the file. */
  readonly offset: Bytes;
  readonly byteLength: Bytes;
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface PublishedWeights {
  /** The file that says which tensors there are: the weight file, or the index of shards. */
  readonly source: string;
  readonly tensors: readonly PublishedTensor[];
  /** Name dropped on saving -> name kept, for tensors that share storage. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What `config.json` would say, where the format has it in the weight file. */
  readonly config?: unknown;
}

export interface WeightFormat {
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
