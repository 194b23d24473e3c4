import { z } from 'zod';
import type { CutStep } from './steps.ts';

/** How a Metaspace stage writes blanks; before or after text, one schema reads both. */
export const metaspaceSchema = z
  .looseObject({
    replacement: z.string().length(1, 'expected one character of the basic plane').default('▁'),
    add_prefix_space: z.boolean().optional(),
    prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
    split: z.boolean().nullish(),
  })
  .transform(({ replacement, add_prefix_space: adds, prepend_scheme: scheme, split }) => ({
    replacement,
    prepends: adds === false ? ('never' as const) : scheme,
    splits: split ?? true,
  }));

export type Metaspace = z.infer<typeof metaspaceSchema>;

/** Blanks become marks, with one in front as the scheme says; words begin at marks. */
export function metaspaceSteps({ replacement, prepends, splits }: Metaspace): readonly CutStep[] {
  const mark = (text: string, first: boolean) => {
    const marked = text.replaceAll(' ', replacement);
    const bare = marked.startsWith(replacement) || prepends === 'never' || (prepends === 'first' && !first);
    return bare ? marked : replacement + marked;
  };
  const sign = `\\u{${replacement.charCodeAt(0).toString(16)}}`;
  const words = new RegExp(`${sign}?[^${sign}]+|${sign}`, 'gv');
  return [
    { kind: 'mark', mark },
    ...(splits ? [{ kind: 'cut' as const, cut: (text: string) => text.match(words) ?? [] }] : []),
  ];
}
