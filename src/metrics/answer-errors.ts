import type { AlternativeScore } from '../core/response.ts';
import type { Nats } from '../core/units.ts';

/**
 * Monte-Carlo standard errors of an item's metrics that are quantities of its answer, and of its bits a byte, in proportion to those of the
 * bound that they are made of; absent = exact.
 *
 * @param values the item's metrics
 */
export function answerErrors(
  { quantities }: Pick<AlternativeScore, 'quantities'>,
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, Nats>> {
  const errors: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(quantities)) {
    if (quantity !== undefined && quantity.stderr > 0 && name in values) errors[name] = quantity.stderr;
  }
  const { nelbo, bitsPerByte } = values;
  if (errors.nelbo !== undefined && nelbo !== undefined && bitsPerByte !== undefined && nelbo > 0) {
    errors.bitsPerByte = (errors.nelbo * bitsPerByte) / nelbo;
  }
  return errors;
}
