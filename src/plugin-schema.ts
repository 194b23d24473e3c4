/** What a plugin from outside must look like: it may be written without types. Messages complete `PATH: …, found …`. */
import { z } from 'zod';
import { PROTOCOLS } from './core/names.ts';

const called = <F extends (...given: never[]) => unknown>() =>
  z.custom<F>((value) => typeof value === 'function', 'expected a function');
const words = (expected: string) => z.string(`expected ${expected}`).min(1, `expected ${expected}`);

const metricName = z.string().regex(/^[a-z][A-Za-z]*(@\d+)?$/, 'expected names such as recall or recall@5');
const metricSchema = z.strictObject({
  description: words('a sentence'),
  unit: z.enum(['fraction', 'nats', 'bits', 'number'], 'expected fraction, nats, bits or number'),
  higherIsBetter: z.boolean('expected true or false'),
});

const fewShot = z.looseObject({ example: called() }, 'expected examples: a function example and how they are drawn');

const SHARE = 'expected a share from 0 to 1, or null';

/** Every field of `TaskPlugin`: one that is misspelt would count for nothing. */
const taskSchema = z.strictObject({
  name: z.string('expected a name').regex(/^[a-z0-9][a-z0-9-]*$/, 'expected small letters, digits and dashes'),
  version: z.int('expected a whole number from 1').min(1, 'expected a whole number from 1'),
  description: words('a sentence'),
  chance: z.number(SHARE).min(0, SHARE).max(1, SHARE).nullable(),
  rowSchema: z.looseObject({ safeParse: called() }, 'expected a zod schema'),
  sources: z.array(
    z.looseObject({ name: z.string('expected a name'), read: called() }, 'expected a data source'),
    'expected a list',
  ),
  fixture: z.union([words('the URL of a file'), z.instanceof(URL)], 'expected the URL of a file of rows'),
  protocols: z.partialRecord(
    z.enum(PROTOCOLS, `expected ${PROTOCOLS.join(', ')}`),
    z.strictObject(
      { question: called(), headline: z.looseObject({}), fewShot: fewShot.optional() },
      'expected a question and a headline',
    ),
    'expected wordings by protocol',
  ),
  id: called(),
  score: called(),
  cluster: called().optional(),
  undigested: z.array(words('the name of a field'), 'expected names of fields').optional(),
  needsJudge: z.literal(true, 'expected true').optional(),
  scoresUnanswered: z.literal(true, 'expected true').optional(),
  floors: z.array(z.looseObject({ name: words('a name') }), 'expected a list').optional(),
  metric: words('the name of a metric').optional(),
  metrics: z.record(metricName, metricSchema, 'expected metrics by name').optional(),
});

const list = <S extends z.ZodType>(item: S) => z.array(item, 'expected a list').optional();
export const pluginSchema = z.strictObject(
  {
    name: words('a name'),
    version: words('a version').optional(),
    tasks: list(taskSchema),
    data: z.record(z.string(), z.unknown(), 'expected entries of a data lock').optional(),
    architectures: list(
      z.looseObject(
        { kind: words('a name'), configuration: called(), body: called(), logits: called() },
        'expected an architecture',
      ),
    ),
    formats: list(
      z.union(
        [
          z.looseObject({ name: words('a name'), read: called() }),
          z.looseObject({ name: words('a name'), suffix: words('a suffix'), readFile: called() }),
        ],
        'expected a format: a name, and read or suffix and readFile',
      ),
    ),
    engines: list(z.looseObject({ name: words('a name'), open: called() }, 'expected an engine')),
  },
  'expected { name, tasks, data, architectures, formats, engines }',
);
