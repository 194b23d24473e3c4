/** The steps that pre-tokenizers are made of. */
import { type Units, unitsOf } from '../units.ts';

/** A stretch of a text that the model will see by itself. */
export interface Word {
  readonly text: string;
  /** Where its first code unit stands in the text that was cut; what was put in front stands at `start` too. */
  readonly start: number;
  /** Code units in front of `text` that the text that was cut does not have. */
  readonly inserted: number;
}

export type CutStep =
  /** Cuts without leaving anything out; `wordEnd`, where there is one, tells the same without making strings. */
  | { readonly kind: 'cut'; readonly cut: (text: string) => readonly string[]; readonly wordEnd?: WordEnd }
  /** Cuts and leaves out what stands between. */
  | {
      readonly kind: 'pick';
      readonly pick: (text: string) => readonly { readonly from: number; readonly to: number }[];
    }
  /** Changes code units one for one, and may put something in front; `first`: the piece begins the whole text. */
  | { readonly kind: 'mark'; readonly mark: (text: string, first: boolean) => string }
  /** From here on, text is spelled as bytes. */
  | { readonly kind: 'spell' };

/** Where the word ends that begins at an index; `units` are those of the text. */
export type WordEnd = (text: string, units: Units, at: number) => number;

/** A stretch that is cut without leaving anything out. */
export interface Cut extends Word {
  readonly units: Units;
  /** Where its words end; each begins where the one before it ends, the first at 0. */
  readonly ends: readonly number[];
}

/** The words of `cutWords` in as few stretches as they allow; `first`: nothing stands before the text. */
export function cutStretches(text: string, steps: readonly CutStep[], first: boolean): readonly Cut[] {
  const [head] = steps;
  const cuts = head?.kind === 'mark' ? steps.slice(1) : steps;
  if (cuts.some(({ kind }) => kind !== 'cut')) {
    const words = cutWords(text, steps, first);
    return words.map((word) => ({ ...word, units: unitsOf(word.text), ends: [word.text.length] }));
  }
  const marked = head?.kind === 'mark' ? head.mark(text, first) : text;
  const units = unitsOf(marked);
  return [{ text: marked, units, ends: endsOf(marked, units, cuts), inserted: marked.length - text.length, start: 0 }];
}

function endsOf(text: string, units: Units, cuts: readonly CutStep[]): readonly number[] {
  const ends: number[] = [];
  const [cut] = cuts;
  if (cuts.length === 1 && cut?.kind === 'cut' && cut.wordEnd !== undefined) {
    const { wordEnd } = cut;
    for (let at = 0; at < units.length; ) {
      at = wordEnd(text, units, at);
      ends.push(at);
    }
    return ends;
  }
  let end = 0;
  for (const { length } of cutTexts(text, cuts)) {
    end += length;
    ends.push(end);
  }
  return ends;
}

function cutTexts(text: string, cuts: readonly CutStep[]): readonly string[] {
  const whole: readonly string[] = text === '' ? [] : [text];
  return cuts.reduce((texts, step) => {
    if (step.kind !== 'cut') return texts;
    return texts.length === 1 ? step.cut(text) : texts.flatMap(step.cut);
  }, whole);
}

/** The words of a text by these steps (none of them `spell`); `first`: nothing stands before the text. */
export function cutWords(text: string, steps: readonly CutStep[], first: boolean): readonly Word[] {
  const whole: Word = { text, start: 0, inserted: 0 };
  return steps.reduce<readonly Word[]>((words, step) => words.flatMap((word) => stepOver(word, step, first)), [whole]);
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

const partOf = ({ text, start, inserted }: Word, from: number, to: number): Word => ({
  text: text.slice(from, to),
  start: start + Math.max(0, from - inserted),
  inserted: Math.max(0, Math.min(inserted, to) - from),
});
