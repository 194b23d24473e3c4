/** A task from outside, as the guide for plugins has it. */
import { z } from 'zod';
import {
  bothFamilies,
  choose,
  continuation,
  definePlugin,
  defineTask,
  joint,
  localRows,
  scoreQuestion,
} from '../../../src/api.ts';

const rowSchema = z.object({ country: z.string(), choices: z.array(z.string()), answer: z.number() });
const rows = new URL('./capitals.jsonl', import.meta.url);

export const capitals = defineTask({
  name: 'capitals',
  version: 1,
  description: 'Which of three cities is the capital of a country',
  chance: 1 / 3,
  rowSchema,
  sources: [localRows('capitals/jsonl', rows, rowSchema)],
  fixture: rows,
  protocols: {
    canonical: {
      question: ({ country, choices, answer }) => {
        const context = `The capital of ${country} is`;
        return choose(choices, answer, bothFamilies(joint(choices.map((city) => continuation(context, ` ${city}`)))));
      },
      headline: { autoregressive: 'sum', diffusion: 'sum' },
    },
  },
  id: ({ country }) => country.toLowerCase(),
  score: scoreQuestion,
});

export const plugin = definePlugin({ name: 'capitals', version: '1.0.0', tasks: [capitals] });
