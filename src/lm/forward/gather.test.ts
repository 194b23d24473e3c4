import { expect, it } from 'vitest';
import { gathered } from './gather.ts';
import { countingPositions, type Forward, type Sequence } from './sequence.ts';

const sequence = (id: number): Sequence => ({
  ids: Int32Array.of(id),
  positions: countingPositions(1),
  attention: { kind: 'full' },
  reads: [],
});

/** Answers with the ids, and notes how many sequences came at once. */
function echo(): { readonly forward: Forward; readonly sizes: number[] } {
  const sizes: number[] = [];
  const forward: Forward = async (sequences) => {
    sizes.push(sequences.length);
    await Promise.resolve();
    return sequences.map(({ ids }) => ({
      logprobs: Float32Array.from(ids),
      best: ids,
      bestLogprobs: new Float32Array(1),
    }));
  };
  return { forward, sizes };
}

it('puts calls together that come while another is computed, and gives each its own answers', async () => {
  const { forward, sizes } = echo();
  const together = gathered(forward);
  const answers = await Promise.all([[1], [2, 3], [], [4]].map((ids) => together(ids.map(sequence))));
  expect(answers.map((each) => each.map(({ logprobs }) => logprobs[0]))).toEqual([[1], [2, 3], [], [4]]);
  expect(sizes).toEqual([1, 3]);
});

it('tells every caller of a failure, and goes on', async () => {
  const { forward } = echo();
  let isBroken = true;
  const together = gathered((sequences) => (isBroken ? Promise.reject(new Error('no')) : forward(sequences)));
  await expect(together([sequence(1)])).rejects.toThrow('no');
  isBroken = false;
  expect(await together([sequence(2)])).toHaveLength(1);
});
