/** `--device auto`: what it took holds for all that a command opens, and is said by every engine. */
import { expect, it } from 'vitest';
import { type Engine, registerEngine } from '../../src/engines/engine.ts';
import { engineOf } from '../../src/engines/index.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { SILENT } from '../../src/evaluate/observer.ts';
import { RUN_DEFAULTS, SCORE_OPTIONS } from '../../src/evaluate/options.ts';
import { openAnswerer } from '../../src/evaluate/requests/answer-requests.ts';
import { presetsOf } from '../../src/options/option.ts';

const CARD: NonNullable<Engine['device']> = { name: 'webgpu', provider: 'a card' };

/** As onnxruntime on a machine with a card: `auto` takes the card for float32, and the CPU for what the card lacks. */
registerEngine({
  name: 'carded',
  async open(_threads, dtype, device) {
    const onCard = device === 'webgpu' || (device === 'auto' && dtype === 'float32');
    const engine = { ...referenceEngine(), name: 'carded 1', dtype: onCard ? ('float32' as const) : dtype };
    return onCard ? { ...engine, device: CARD } : engine;
  },
});

function watched() {
  const notes: string[] = [];
  return { notes, observer: { ...SILENT, noted: (note: string) => notes.push(note) } };
}

it('the engine in fewer bits computes on the device that was taken, or there is none', async () => {
  const { notes, observer } = watched();
  const asked = {
    models: ['tiny-gpt2'],
    tasks: ['stories-choice'],
    limit: 2,
    engine: 'carded',
    device: 'auto',
  } as const;
  const prepared = await prepareRuns({ ...RUN_DEFAULTS, ...asked, precision: 'mixed' }, observer);
  expect(prepared.engine.device).toEqual(CARD);
  expect(prepared.cheap).toBeNull();
  expect(notes).toContain(
    '--precision mixed: engine carded computes in neither int8 nor bfloat16 there, so all is float32',
  );
});

it.each([
  ['reference', 'cpu, where engine reference computes'],
  ['tfjs', expect.stringMatching(/^cpu, where engine tfjs.* computes$/)],
  ['carded', 'webgpu, where engine carded 1 computes'],
])('%s says what was taken', async (name, said) => {
  const { notes = [] } = await engineOf(name, null, 'float32', 'auto');
  expect(notes.map((note) => note.replace('--device auto: ', ''))).toEqual([said]);
  expect((await engineOf(name, null)).notes).toBeUndefined();
});

it('requests say it too', async () => {
  const { notes, observer } = watched();
  const asked = { model: 'tiny-gpt2', engine: 'reference', device: 'auto' } as const;
  const answerer = await openAnswerer({ ...presetsOf(SCORE_OPTIONS), ...asked }, observer);
  await answerer.dispose();
  expect(notes.join()).toContain('--device auto: cpu');
});
