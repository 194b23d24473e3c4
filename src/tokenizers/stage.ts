/** The stages of a tokenizer are made by name: what is unknown, or lacks a field, is refused before anything is encoded. */
import { z } from 'zod';
import { HarnessError, notSupported } from '../core/errors.ts';
import type { Step } from './definition.ts';

/** By type, what makes a stage of its fields; a ZodError says that the fields are not as expected. */
export type StageMakers<Stage> = Readonly<Record<string, (step: Step) => Stage>>;

/**
 * @param kind   `normalizer`, `pre-tokenizer`, `post-processor`, `decoder`, for messages
 * @param source the file that messages name
 * @throws HarnessError 'not-supported' for a type without a maker; 'bad-tokenizer' for fields that are not as expected
 */
export function makeStage<Stage>(kind: string, makers: StageMakers<Stage>, step: Step, source: string): Stage {
  const make = Object.hasOwn(makers, step.type) ? makers[step.type] : undefined;
  if (make === undefined) {
    const known = Object.keys(makers).join(', ');
    const message = `${source}: expected a ${kind} that is known (${known}), found ${JSON.stringify(step.type)}`;
    const hint = 'the ids of this tokenizer cannot be made here; score requests that are already token ids';
    throw notSupported(message, hint);
  }
  try {
    return make(step);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const [issue] = cause.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `, \`${issue.path.join('.')}\``;
    const message = `${source}: ${kind} ${step.type}${where}: ${issue?.message ?? 'invalid'}`;
    throw new HarnessError('bad-tokenizer', message, { cause });
  }
}
