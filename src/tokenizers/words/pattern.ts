import { z } from 'zod';
import { fromOniguruma } from './oniguruma.ts';

/** How `tokenizer.json` writes what a stage looks for. */
export const patternSchema = z.union([z.object({ String: z.string() }), z.object({ Regex: z.string() })], {
  error: 'expected { "String": … } or { "Regex": … }',
});
export type Pattern = z.infer<typeof patternSchema>;

/** A global regular expression for it; an empty string is found nowhere. */
export function patternOf(pattern: Pattern): RegExp {
  if ('Regex' in pattern) return fromOniguruma(pattern.Regex);
  const literal = pattern.String.replace(/[\p{P}\p{S}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return new RegExp(literal === '' ? '(?!)' : literal, 'gv');
}
