import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { ChartSpec } from '../view/chart-spec.ts';
import { chartPainter } from './draw-chart.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly number[];
}

/** The picture of a PNG, read back by the canvas library. */
async function pixels(png: Uint8Array): Promise<Pixels> {
  const { createCanvas, loadImage } = createRequire(import.meta.url)(
    '@napi-rs/canvas',
  ) as typeof import('@napi-rs/canvas');
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
  return { width: image.width, height: image.height, at };
}

/** Canvases round colours where they blend. */
const isNear = (pixel: readonly number[], colour: readonly number[]) =>
  colour.every((value, channel) => Math.abs(value - (pixel[channel] ?? 0)) <= 2);

const SPEC: ChartSpec = {
  title: 'Accuracy',
  xLabel: 'T',
  yLabel: 'percent',
  series: [{ label: 'acc@T', points: [1, 2, 4].map((x) => ({ x, y: 50, low: 40, high: 60 })) }],
  levels: [{ label: 'chance', y: 25 }],
};

describe('chartPainter', () => {
  it('draws a PNG of twice 480 by 280 pixels on the ground of the theme', async () => {
    const draw = chartPainter();
    const [light, dark] = await Promise.all([pixels(await draw(SPEC, 'light')), pixels(await draw(SPEC, 'dark'))]);
    for (const { width, height } of [light, dark]) expect([width, height]).toEqual([960, 560]);
    expect(light.at(2, 2)).toEqual([0xfd, 0xfd, 0xfc, 255]);
    expect(dark.at(2, 2)).toEqual([0x12, 0x14, 0x17, 255]);
  });

  it('draws the curve in the first colour of the legend and a lighter band around it', async () => {
    const { at, height } = await pixels(await chartPainter()(SPEC, 'light'));
    const column = Array.from({ length: height }, (_, y) => at(700, y));
    const count = (colour: readonly number[]) => column.filter((pixel) => isNear(pixel, colour)).length;
    expect(count([0x1f, 0x6f, 0xb4])).toBeGreaterThan(1);
    // The band: 12 % of the colour over the paper.
    expect(count([226, 236, 243])).toBeGreaterThan(100);
  });

  it('gives the same bytes for the same chart, drawn with others or alone', async () => {
    const draw = chartPainter();
    const [first, , again] = await Promise.all([draw(SPEC, 'light'), draw(SPEC, 'dark'), draw(SPEC, 'light')]);
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, await draw(SPEC, 'light'))).toBe(0);
  });
});
