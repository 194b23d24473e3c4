/** What a view of a written question tells a model of its answer. */
export interface ToldView {
  /** Name of the view. */
  readonly view: string;
  /** Of the answer's length, in words. */
  readonly length: string;
  /** Of the text around it, in words. */
  readonly sees: string;
}
