/** What programs read of weights in fewer bits, and where it lies. */

/** `columns` multiply from the right, `rows` are looked up. */
export type FormName =
  | 'int8 columns'
  | 'int8 rows'
  | 'int8x2 columns'
  | 'int8x2 rows'
  | 'int4 blocks'
  | 'bfloat16'
  | 'float16'
  | '4-bit blocks of the file'
  | '8-bit blocks of the file';

/** How a program reads a weight. */
export interface PackedUse {
  readonly weight: string;
  readonly form: FormName;
  readonly shape: readonly number[];
  readonly outputsFirst: boolean;
}

/** Called now and then while a large weight is written in another form. @throws what ends that */
export type Pause = () => Promise<void>;

/** One array of a form. */
export interface PartSpec {
  readonly name: string;
  readonly dtype: 'I8' | 'U8' | 'F32' | 'BF16' | 'F16';
  readonly shape: readonly number[];
}

/** One array in its file. */
export interface PackedPart extends PartSpec {
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}
