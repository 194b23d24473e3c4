import { expect, it } from 'vitest';
import { scriptedStoredRun } from '../../../../test/scripted/scripted-stored-run.ts';
import type { OpenedFrom, Session } from '../../../store/environment.ts';
import { toRunColumns } from '../to-run-columns.ts';
import { repeatedBy } from './provenance.ts';

function repeated(name: string, openedFrom?: OpenedFrom) {
  const run = scriptedStoredRun({ model: { name }, records: [] });
  const [session] = run.environment.sessions;
  const sessions = [{ ...(session as Session), ...(openedFrom === undefined ? {} : { openedFrom }) }];
  const columns = toRunColumns(
    { ...run, environment: { ...run.environment, sessions } },
    { isListedModel: false, chance: 0.5, ranking: 'mean', metric: null },
  );
  const { command, commandNotes } = repeatedBy(columns);
  return { models: /--models (\S+)/.exec(command)?.[1], notes: commandNotes.join() };
}

it('names what a run opened, a name of its own in front', () => {
  expect(repeated('./base', { model: './base' }).models).toBe('./base');
  expect(repeated('mine', { model: './base', tokenizer: 'tokens' }).models).toBe('mine=./base:tokenizer=tokens');
  const { models, notes } = repeated('base+lora', { model: '../base', adapter: 'out/lora' });
  expect(models).toBe('base+lora=../base:adapter=out/lora');
  expect(notes).toContain('the same weights must lie there');
});

it('asks for the folder of a model of which sessions of earlier versions say the name only', () => {
  const { models, notes } = repeated('mine');
  expect([models, notes]).toEqual(['mine=FOLDER', expect.stringContaining('FOLDER is that of the model')]);
  expect(repeated('./base').models).toBe('./base');
});
