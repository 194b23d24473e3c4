/** Which of three cities is the capital of a country: a task of one's own. Raise `version` whenever a score can change. */
import {
  bothFamilies,
  choose,
  continuation,
  definePlugin,
  defineTask,
  joint,
  localRows,
  scoreQuestion,
  z,
} from 'dlm-bench';

const rowSchema = z.object({
  country: z.string(),
  cities: z.array(z.string()).length(3),
  capital: z.int().min(0).max(2),
});
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
    canonical: { question, headline: { autoregressive: 'sum', diffusion: 'sum' } },
  },
  id: ({ country }) => country.toLowerCase(),
  // Rows that share a text are not independent: `cluster: ({ passage }) => passage` would say so, and statistics count passages.
  score: scoreQuestion,
});

/** The blank before a city belongs to it. */
function question({ country, cities, capital }) {
  const context = `The capital of ${country} is`;
  return choose(cities, capital, bothFamilies(joint(cities.map((city) => continuation(context, ` ${city}`)))));
}

export const plugin = definePlugin({ name: 'capitals', version: '1.0.0', tasks: [capitals] });
