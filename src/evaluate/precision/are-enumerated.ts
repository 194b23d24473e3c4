/** Where a task of a diffusion model has nothing to estimate. */
import { orNull } from '../../core/errors.ts';
import type { ScoringSettings } from '../../core/model.ts';
import type { Example, View } from '../../core/question.ts';
import { isEnumerated } from '../../lm/likelihood/mask-plan.ts';
import { lowerView } from '../../lm/lowering/lower.ts';
import type { Lowered } from '../../lm/lowering/lowered.ts';
import { predictable } from '../../lm/shift.ts';
import type { ModelFiles } from '../run-parts.ts';

/** Whether all masks of all answers are run under these settings; what cannot be asked is passed over. The first answer of which they are not ends the search. */
export function areEnumerated(
  examples: readonly Example[],
  { checkpoint, tokenizer }: Pick<ModelFiles, 'checkpoint' | 'tokenizer'>,
  { passes, shift }: Pick<ScoringSettings, 'passes' | 'shift'>,
): boolean {
  const { contextLength } = checkpoint.architecture;
  const lowered = (view: View): readonly Lowered[] => {
    try {
      return lowerView(view, tokenizer, contextLength);
    } catch (error) {
      return orNull('context-overflow', 'empty-answer')(error) ?? [];
    }
  };
  return examples.every(({ question }) =>
    question.views.diffusion.every((view) =>
      lowered(view).every(({ scored }) => isEnumerated(predictable(scored, shift).length, passes)),
    ),
  );
}
