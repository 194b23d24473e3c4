/** What a reader needs of a question to follow its record: text only, nothing of how it is encoded. */
import { z } from 'zod';
import type { Example, Family, Piece, View } from '../../core/question.ts';

/** A stretch of text, and whether the model is scored on it (or writes in its place). */
export interface StoredPiece {
  readonly text: string;
  readonly scored: boolean;
}

export interface StoredView {
  /** As in the record's `response.views`. */
  readonly name: string;
  /** Text that every alternative begins with, not scored. */
  readonly context: string;
  /** What follows it, by alternative. */
  readonly alternatives: readonly (readonly StoredPiece[])[];
}

export interface StoredQuestion {
  readonly id: string;
  readonly index: number;
  readonly kind: 'choose' | 'fill' | 'write';
  /** As a reader sees them: the choices, the one right answer, or the reference. */
  readonly answers: readonly string[];
  readonly gold: number;
  /** As the run's model was asked. */
  readonly views: readonly StoredView[];
}

/** @param family of the run's model: only its views are kept */
export function toStoredQuestion({ id, index, question }: Example, family: Family): StoredQuestion {
  const { kind, answers, gold, views } = question;
  return { id, index, kind, answers, gold, views: views[family].map(toStoredView) };
}

function toStoredView({ name, alternatives }: View): StoredView {
  const first = alternatives[0] ?? [];
  const differs = first.findIndex(
    (piece, at) => piece.scored || alternatives.some((pieces) => !isSamePiece(pieces[at], piece)),
  );
  const shared = differs < 0 ? first.length : differs;
  return {
    name,
    context: first
      .slice(0, shared)
      .map(({ text }) => text)
      .join(''),
    alternatives: alternatives.map((pieces) => pieces.slice(shared).map(({ text, scored }) => ({ text, scored }))),
  };
}

const isSamePiece = (a: Piece | undefined, b: Piece): boolean => a?.text === b.text && a.scored === b.scored;

const piece = z.strictObject({ text: z.string(), scored: z.boolean() });
const view = z.strictObject({ name: z.string(), context: z.string(), alternatives: z.array(z.array(piece)) });

export const storedQuestionSchema: z.ZodType<StoredQuestion> = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  kind: z.enum(['choose', 'fill', 'write']),
  answers: z.array(z.string()),
  gold: z.int().nonnegative(),
  views: z.array(view),
});
