/** Files that are to be written, held against all that was said: none may be lost by it. */
import { type Declared, flagOf } from '../../options/option.ts';
import type { Given } from '../../options/read-options.ts';

/** Types of values that name no file. */
const WITHOUT_FILES: readonly string[] = ['boolean', 'enum'];

/**
 * @param given values by flag, which may be the members of a configuration file
 * @param also  what else was said: positional arguments, the configuration file
 * @throws HarnessError as `requireSparing`
 */
export async function requireSpared(options: Declared, given: Given, also: readonly unknown[]): Promise<void> {
  const said = Object.entries(options).map(([key, each]) => ({ ...each, flag: flagOf(key, each) }));
  const outs = said.flatMap(({ writes, flag }) => {
    const file = given[flag];
    return writes === true && typeof file === 'string' ? [{ flag: `--${flag}`, file: file.trim() }] : [];
  });
  if (outs.length === 0) return;
  const others = said.filter(({ writes, field }) => writes !== true && !WITHOUT_FILES.includes(field.type));
  const { requireSparing } = await import('./write-out.ts');
  await requireSparing(outs, [...also, ...others.map(({ flag }) => given[flag])].flatMap(textsIn));
}

/** The texts in a value of a flag or of a configuration file. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
