/** What the report writes into its page is what the page's script reads. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html, jsonForScript } from '../../src/report/html/html.ts';
import { decodeChunk } from '../../src/report/items/decode-chunk.ts';
import { encodeChunk, encodeChunks } from '../../src/report/items/sample-chunk.ts';

/** Any UTF-16, halves of surrogate pairs included, and what ends scripts and lines. */
const text = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom('</script>', '<!--', '\u2028', '\u0000', '\ud800', ']]>'),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

it('comes back as it was, through the element that holds it', async () => {
  await fc.assert(
    fc.asyncProperty(value, async (original) => {
      const element = html`${jsonForScript(await encodeChunk(original))}`.toString();
      expect(element).not.toMatch(/[<>\u2028\u2029]/);
      expect(await decodeChunk(JSON.parse(element))).toEqual(JSON.parse(JSON.stringify(original)));
    }),
  );
});

it('is refused where it is damaged', async () => {
  const chunk = await encodeChunk(['some text', 1, 2, 3]);
  await expect(decodeChunk(chunk.slice(0, -8))).rejects.toThrow();
});

it('comes in the order of the chunks, however long each takes to pack', async () => {
  const lengths = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? 50_000 : at));
  const chunks = lengths.map((length, at) => ({ id: `c-${at}`, json: () => JSON.stringify([at, 'x'.repeat(length)]) }));
  const packed = await encodeChunks(chunks);
  expect(packed.map(({ id }) => id)).toEqual(chunks.map(({ id }) => id));
  for (const [at, { data }] of packed.entries())
    expect(await decodeChunk(data)).toEqual([at, 'x'.repeat(lengths[at] ?? 0)]);
});

it('is written only when its turn comes', async () => {
  let written = 0;
  const chunks = Array.from({ length: 100 }, (_, at) => ({ id: `c-${at}`, json: () => `[${written++}]` }));
  const packed = encodeChunks(chunks);
  await Promise.resolve();
  expect(written).toBeLessThan(20);
  expect(await packed).toHaveLength(100);
});
