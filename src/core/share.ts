/** A part of the units of a run, for work on several machines: unit u belongs to share (u mod of) + 1. */
export interface Share {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** `3/16` */
export const shareText = ({ number, of }: Share): string => `${number}/${of}`;

/** Inverse of `shareText`; null for what is no share. */
export function parseShare(text: string): Share | null {
  const [, number = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  return number >= 1 && number <= of ? { number, of } : null;
}
