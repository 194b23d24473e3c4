/** Most passes in fewer bits, with the decisions and the expected values of float32. */
import { choice } from '../../options/fields.ts';
import { grouped, option } from '../../options/option.ts';

export const PRECISION_OPTIONS = grouped('In what weights are held (each gives numbers, and runs, of its own):', {
  precision: option(
    choice(['uniform', 'mixed']),
    'uniform: every pass as --dtype says; mixed: most passes in int8, and in float32 the choices that int8 could turn and a named share of the masks, whose difference corrects the rest',
    'uniform',
  ),
});
