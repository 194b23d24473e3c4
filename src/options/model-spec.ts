/** A model of `--models` with settings of its own: `name=path:family=diffusion:mask-id=5`. */
import { z } from 'zod';
import { badArguments } from '../core/errors.ts';
import { list, text } from './fields.ts';
import { flagOf } from './option.ts';
import { optionsOf } from './read-options.ts';
import { MODEL_OPTIONS, type ModelOverrides } from './shared.ts';

export interface ModelSpec {
  /** What runs and tables call it; null = as its path is typed. */
  readonly name: string | null;
  /** Catalog name or folder. */
  readonly path: string;
  /** null where it has no setting of its own: then those of all models hold. */
  readonly overrides: ModelOverrides;
}

const SETTINGS = Object.keys(MODEL_OPTIONS).map((key) => flagOf(key));

/** @throws HarnessError 'bad-arguments' on a setting that there is not, or a wrong value of one */
export function modelSpec(typed: string): ModelSpec {
  const [first = '', ...rest] = typed.split(/:(?=[A-Za-z-]+=)/);
  const [, name = null, path = first] = /^([^/\\=:.][^/\\=:]*)=(.+)$/.exec(first) ?? [];
  const given = rest.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)] as const);
  if (new Set(given.map(([key]) => key)).size < given.length) {
    throw badArguments(`--models: expected each setting once, found "${typed}"`);
  }
  const where = (flag: string) => `--models: ${flag} of ${name ?? path}`;
  return { name, path, overrides: optionsOf(MODEL_OPTIONS, Object.fromEntries(given), where) };
}

const EXPECTED = 'one or more model names or folders, separated by commas';
const TEXT_OR_OBJECT = 'a model name or folder, or an object with "path" and settings of its own';

/** As a member of a configuration file has it. */
const specObject = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^/\\=:,.][^/\\=:,]*$/, 'expected a name without / = : or ,')
      .optional(),
    path: z.string().min(1),
    ...Object.fromEntries(SETTINGS.map((key) => [key, z.union([z.string(), z.number(), z.boolean()]).optional()])),
  })
  .transform(({ name, path, ...settings }) => {
    const spelt = (value: unknown) => (value === true ? 'on' : value === false ? 'off' : String(value));
    const own = Object.entries(settings).map(([key, value]) => `:${key}=${spelt(value)}`);
    return `${name === undefined ? '' : `${name}=`}${path}${own.join('')}`;
  });

/** Models, each once, as text that `modelSpec` reads. */
export const modelList = list(EXPECTED, z.union([text(EXPECTED), specObject]).describe(TEXT_OR_OBJECT))
  .transform((given): readonly string[] => [...new Set(given)])
  .describe(EXPECTED);
