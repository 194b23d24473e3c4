/** The steps that pre-tokenizers are made of. */

/** A stretch of a text that the model will see by itself. */
export interface Word {
  readonly text: string;
  /** Where its first code unit stands in the text that was cut; what was put in front stands at `start` too. */
  readonly start: number;
  /** Code units in front of `text` that the text that was cut does not have. */
  readonly inserted: number;
}

export type CutStep =
  /** Cuts without leaving anything out. */
  | { readonly kind: 'cut'; readonly cut: (text: string) => readonly string[] }
  /** Cuts and leaves out what stands between. */
  | {
      readonly kind: 'pick';
      readonly pick: (text: string) => readonly { readonly from: number; readonly to: number }[];
    }
  /** Changes code units one for one, and may put something in front; `first`: the piece begins the whole text. */
  | { readonly kind: 'mark'; readonly mark: (text: string, first: boolean) => string }
  /** From here on, text is spelled as bytes. */
  | { readonly kind: 'spell' };

/** The words of a text by these steps (none of them `spell`); `first`: nothing stands before the text. */
export function cutWords(text: string, steps: readonly CutStep[], first: boolean): readonly Word[] {
  const whole: Word = { text, start: 0, inserted: 0 };
  return steps.reduce<readonly Word[]>((words, step) => words.flatMap((word) => stepOver(word, step, first)), [whole]);
}

/** The texts of `cutWords`, several times faster where nothing is left out. */
export function cutTexts(text: string, steps: readonly CutStep[], first: boolean): readonly string[] {
  if (steps.some(({ kind }) => kind === 'pick')) return cutWords(text, steps, first).map((word) => word.text);
  let texts: readonly string[] = [text];
  for (const step of steps) {
    if (step.kind === 'cut') texts = texts.length === 1 ? step.cut(texts[0] ?? '') : texts.flatMap(step.cut);
    if (step.kind === 'mark') texts = texts.map((piece, at) => step.mark(piece, first && at === 0));
  }
  return texts;
}

function stepOver(word: Word, step: CutStep, first: boolean): readonly Word[] {
  switch (step.kind) {
    case 'cut':
      return inPlace(word, step.cut(word.text));
    case 'pick':
      return step.pick(word.text).map(({ from, to }) => partOf(word, from, to));
    case 'mark': {
      const text = step.mark(word.text, first && word.start === 0);
      return [{ ...word, text, inserted: word.inserted + text.length - word.text.length }];
    }
    case 'spell':
      return [word];
  }
}

function inPlace(word: Word, texts: readonly string[]): readonly Word[] {
  let from = 0;
  return texts.map((text) => {
    const part = partOf(word, from, from + text.length);
    from += text.length;
    return part;
  });
}

function partOf({ text, start, inserted }: Word, from: number, to: number): Word {
  return {
    text: text.slice(from, to),
    start: start + Math.max(0, from - inserted),
    inserted: Math.max(0, Math.min(inserted, to) - from),
  };
}
