/** What every written task promises, checked over the closed list: see `tasks/README.md`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/text/canonical-json.ts';
import { fixtureRows, loadTask } from '../../src/datasets/load-task.ts';
import { HarnessError, type TaskPlugin } from '../../src/index.ts';
import { WRITING_TASKS } from '../../tasks/index.ts';
import { testTask } from '../kit/tasks.ts';

const DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const skipped = existsSync(DATA) ? '' : ' (skipped: no data beside the repository)';

for (const task of WRITING_TASKS) {
  testTask(task, { describe, it });
  describe(`written task ${task.name}`, () => {
    it('asks written questions only', async () => {
      const kinds = Object.values(task.protocols).map(async ({ question }) =>
        (await fixtureRows(task)).map((row) => question(row).kind),
      );
      expect(new Set((await Promise.all(kinds)).flat())).toEqual(new Set(['write']));
    });

    it.skipIf(skipped !== '')(`has no row of its data among them${skipped}`, async ({ skip }) => {
      const published = await publishedRows(task);
      if (published === null) return skip('its data are not there');
      expect((await fixtureRows(task)).filter((row) => published.has(canonicalJson(row)))).toEqual([]);
    });
  });
}

async function publishedRows(task: TaskPlugin): Promise<ReadonlySet<string> | null> {
  try {
    const { rows } = await loadTask(task, { dataDir: DATA, allowFixtures: false, onlyFixtures: false });
    return new Set(rows.map(canonicalJson));
  } catch (error) {
    if (error instanceof HarnessError) return null;
    throw error;
  }
}
