/** Writes `bench.config.schema.json` from the schema that reads configurations: `npm run config-schema`. */
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../src/gate/judge/gate-schema.ts';

await writeFile('bench.config.schema.json', configJsonSchema());
