/** What a reader needs of a question to follow its record: text only, nothing of how it is encoded. */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import type { Example, Family, Piece, View } from '../../core/question.ts';

/** A stretch of text, and whether the model is scored on it (or writes in its place). */
const piece = z.strictObject({ text: z.string(), scored: z.boolean() });

const view = z.strictObject({
  /** As in the record's `response.views`. */
  name: z.string(),
  /** Text that every alternative begins with, not scored. */
  context: z.string(),
  /** What follows it, by alternative. */
  alternatives: z.array(z.array(piece)),
});

export const storedQuestionSchema = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  kind: z.enum(['choose', 'fill', 'write']),
  /** As a reader sees them: the choices, the one right answer, or the reference. */
  answers: z.array(z.string()),
  gold: z.int().nonnegative(),
  /** As the run's model was asked. */
  views: z.array(view),
});

export type StoredView = DeepReadonly<z.infer<typeof view>>;
export type StoredQuestion = DeepReadonly<z.infer<typeof storedQuestionSchema>>;

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
