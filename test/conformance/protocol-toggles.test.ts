/** Every toggle at once is `paper` to the letter: what `bench run --explain` sums up is the published protocol. */
import { describe, expect, it } from 'vitest';
import { loadTask } from '../../src/datasets/load-task.ts';
import { askedWriting, questionWith, TOGGLES, type ToggleName } from '../../src/explain/toggles.ts';
import { examplesOf } from '../../src/runner/plan.ts';
import { ALL_TASKS } from '../../tasks/index.ts';

const EVERYTHING = new Set<ToggleName>(TOGGLES);

describe.each(
  ALL_TASKS.filter(({ protocols }) => protocols.paper !== undefined).map((task) => [task.name, task] as const),
)('%s', (_name, task) => {
  it.each(['autoregressive', 'diffusion'] as const)('%s', async (family) => {
    const { rows } = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true });
    const [canonical, paper] = (['canonical', 'paper'] as const).map((protocol) =>
      examplesOf(task, protocol, rows, null),
    );
    expect(rows.length).toBeGreaterThan(0);
    paper?.forEach(({ question }, i) => {
      const ours = canonical?.[i]?.question;
      if (ours === undefined) throw new TypeError('as many questions under both');
      const toggled = questionWith(family, ours, question, EVERYTHING);
      const [{ writing: _, name: _view, ...view } = { writing: null, name: '' }] = question.views[family];
      expect(toggled.views[family]).toMatchObject([view]);
      expect(toggled.gold).toBe(question.gold);
      if (question.kind === 'write') expect(toggled).toMatchObject({ writing: askedWriting(family, question) });
    });
  });
});
