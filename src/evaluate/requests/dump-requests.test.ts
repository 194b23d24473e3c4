import { expect, it } from 'vitest';
import { PROTOCOLS } from '../../core/names.ts';
import { scored, visible } from '../../core/question.ts';
import { bothFamilies, choose, jointWithoutBos } from '../../core/wording.ts';
import { RUN_DEFAULTS } from '../options.ts';
import { type DumpedTask, type DumpOptions, requestsOf, requestsOfQuestion } from './dump-requests.ts';

async function dumped(options: Partial<DumpOptions>): Promise<readonly DumpedTask[]> {
  const all: DumpedTask[] = [];
  for await (const each of requestsOf({ ...RUN_DEFAULTS, models: [], fixtures: true, ...options })) all.push(each);
  return all;
}

it('asks the published likelihood tasks where neither a task nor a model is named, under every protocol', async () => {
  for (const protocol of PROTOCOLS) {
    const tasks = await dumped({ protocol, limit: 2 });
    expect(tasks.map(({ task }) => task)).toEqual([
      'lambada',
      'lambada-openai',
      'hellaswag',
      'winogrande',
      'siqa',
      'piqa',
    ]);
    expect(tasks.map(({ requests }) => new Set(requests.map(({ id }) => id)).size)).toEqual([2, 2, 2, 2, 2, 2]);
  }
});

it('gives each alternative of each view once, in order; OLMES has a view without the question', async () => {
  const [piqa] = await dumped({ protocol: 'olmes', tasks: ['piqa'], limit: 1 });
  expect(piqa?.requests.map(({ id, context }) => [id, context.split(' ')[0]])).toEqual([
    ['piqa/0', 'Goal:'],
    ['piqa/0', 'Goal:'],
    ['piqa/0', 'Answer:'],
    ['piqa/0', 'Answer:'],
  ]);
  expect(new Set(piqa?.requests.map((request) => JSON.stringify(request))).size).toBe(4);
});

it('writes a request as it is worded, though blanks at the end of its context are scored', () => {
  const pieces = [visible('a'), { ...scored('  b'), fromContext: 1 }, visible('c')];
  const view = jointWithoutBos([pieces, pieces]);
  const question = choose(['b', 'b'], 0, bothFamilies(view, { ...view, name: 'again' }));
  const request = { id: 'x', context: 'a ', continuation: ' b', suffix: 'c' };
  expect(requestsOfQuestion('x', question, 'diffusion')).toEqual([request, request]);
});

it('puts five examples in front of a word problem, and as many as are asked for', async () => {
  const counts = async (options: Partial<DumpOptions>) => {
    const [task] = await dumped({ protocol: 'lm-eval', tasks: ['gsm8k-natural'], limit: 3, ...options });
    return task?.requests.map(({ context }) => context.split('\n\nQuestion:').length - 1);
  };
  expect(await counts({})).toEqual([5, 5, 5]);
  expect(await counts({ shots: 2 })).toEqual([2, 2, 2]);
  expect(await counts({ shots: 0 })).toEqual([0, 0, 0]);
});

it.each([
  [{ tasks: ['countdown-3'] }, 'task countdown-3 has no protocol lm-eval'],
  [{ tasks: ['humaneval'], shots: 1 }, '--shots: expected 0, as humaneval takes no examples under lm-eval, found 1'],
  [
    { tasks: ['piqa'], shots: 900 },
    /--shots: piqa draws 901 examples and expects as many rows or more in fixture, found \d+/,
  ],
] as const)('refuses %j', async (options, message) => {
  await expect(dumped({ protocol: 'lm-eval', ...options })).rejects.toThrow(message);
});
