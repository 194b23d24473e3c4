/** A stretch of text that went through the normalizer in one piece, or an added token. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly normalized: string;
}

/** Ids that were made together: of one added token, or of one run of ordinary text. */
export interface Segment {
  readonly ids: readonly number[];
  readonly passage: Passage;
  /** The code units of `passage.normalized` that the ids stand for. */
  readonly from: number;
  readonly to: number;
  readonly added: boolean;
}
