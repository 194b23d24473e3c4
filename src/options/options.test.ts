import { describe, expect, expectTypeOf, it } from 'vitest';
import { VERBS } from '../cli.ts';
import { choice, list, switched, text, whole } from './fields.ts';
import { adjusted, flagOf, type GivenOf, type OptionsOf, option, presetsOf } from './option.ts';
import { completed, optionsOf } from './read-options.ts';

const DECLARED = {
  model: option(text('a model'), 'what answers'),
  dataDir: option(text('a folder'), 'data', null),
  steps: option(list('whole numbers', whole(1)), 'steps', [32]),
  engine: option(choice(['onnx', 'reference']), 'what computes', 'onnx'),
  dry: option(switched, 'compute nothing', false),
};

it('gives code the type, the presets and the flags that are declared', () => {
  expectTypeOf<OptionsOf<typeof DECLARED>>().toEqualTypeOf<{
    readonly model: string;
    readonly dataDir: string | null;
    readonly steps: readonly number[];
    readonly engine: 'onnx' | 'reference';
    readonly dry: boolean;
  }>();
  expectTypeOf<{ model: 'a'; dry: true }>().toExtend<GivenOf<typeof DECLARED>>();
  expectTypeOf<{ dry: true }>().not.toExtend<GivenOf<typeof DECLARED>>();
  expect(presetsOf(DECLARED)).toEqual({ dataDir: null, steps: [32], engine: 'onnx', dry: false });
  expect(optionsOf(DECLARED, { model: 'm', 'data-dir': 'd', steps: '1,2' })).toEqual({
    ...{ model: 'm', dataDir: 'd', steps: [1, 2], engine: 'onnx', dry: false },
  });
  expect(flagOf('dataDir', DECLARED.dataDir)).toBe('data-dir');
});

it('reads what code passes by member, null where nothing is meant', () => {
  expect(completed(DECLARED, { model: 'm', dataDir: null, steps: [4] })).toMatchObject({ dataDir: null, steps: [4] });
  expect(() => completed(DECLARED, { model: 'm', steps: [0] })).toThrow('steps: expected whole numbers, found 0');
  expect(optionsOf(adjusted(DECLARED, { engine: { preset: 'reference' } }), { model: 'm' }).engine).toBe('reference');
});

it.each([
  [{}, '--model: expected a model, found nothing', undefined],
  [{ model: 'm', engine: 'onx' }, '--engine: expected onnx or reference, found "onx"', 'did you mean onnx?'],
  [{ model: 'm', 'dta-dir': 'x' }, '--dta-dir: unknown key', 'did you mean "data-dir"?'],
])('refuses %j', (given, message, hint) => {
  expect(() => optionsOf(DECLARED, given)).toThrow(expect.objectContaining({ message, hint }));
});

describe.each(VERBS)('$name', ({ load }) => {
  it('declares options that say what they expect, and presets that it accepts', async () => {
    const { verb } = await load();
    for (const [key, { field, preset }] of Object.entries(verb.options)) {
      expect(field.description, key).toEqual(expect.any(String));
      if (preset === null || preset === undefined || (Array.isArray(preset) && preset.length === 0)) continue;
      expect(field.safeParse(preset), key).toEqual({ success: true, data: preset });
    }
  });
});
