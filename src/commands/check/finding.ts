/** `broken`: `bench run` cannot work like this; `missing`: something optional is not here. */
export interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'missing' | 'broken';
  readonly found: string;
  /** What to do about it; null where nothing needs doing. */
  readonly advice: string | null;
}

export const finding = (
  subject: string,
  state: Finding['state'],
  found: string,
  advice: string | null = null,
): Finding => ({ subject, state, found, advice });
