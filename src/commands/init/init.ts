/** `bench init`: a configuration, a task with its rows and its test, and a workflow with the gate, in the working directory. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badArguments } from '../../core/errors.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { packageRoot } from '../../files/package-root.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

/** What is written, and its name under `templates/project`. */
const FILES = {
  'bench.config.json': 'bench.config.json',
  'bench.run.json': 'bench.run.json',
  'tasks/capitals.mjs': 'tasks/capitals.mjs',
  'tasks/capitals.jsonl': 'tasks/capitals.jsonl',
  'tasks/capitals.test.mjs': 'tasks/capitals.test.mjs',
  '.github/workflows/bench.yml': 'bench.yml',
} as const;

const NEXT = `
Next, with the package in this folder (npm install --save-dev dlm-bench; until it is on a registry, the file that
npm pack makes in its sources: npm install --save-dev --ignore-scripts ./dlm-bench-0.1.0.tgz):
  npx bench run --config bench.run.json
  node --test tasks
  npx bench bless results/runs --name main
`;

export const verb = declareVerb({ options: {}, examples: {}, settle: () => process.cwd(), run });

/** @throws HarnessError 'bad-arguments' where a file is there already; nothing is written then */
async function run(folder: string, io: CommandIo): Promise<number> {
  const taken = Object.keys(FILES).find((file) => existsSync(join(folder, file)));
  if (taken !== undefined) {
    const hint = 'move it away, or begin in another folder';
    throw badArguments(`expected a folder without ${taken}, found one in ${folder}`, hint);
  }
  for (const [file, template] of Object.entries(FILES)) {
    await makeFolder(dirname(join(folder, file)));
    await replaceFile(join(folder, file), await readFile(join(packageRoot(), 'templates', 'project', template)));
  }
  io.stdout(
    `${Object.keys(FILES)
      .map((file) => `wrote ${file}\n`)
      .join('')}${NEXT}`,
  );
  return EXIT.ok;
}
