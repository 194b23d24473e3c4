/**
 * Denoising block by block, for networks in which a block sees itself and those before it: a block is begun when the one before it is
 * written, with K steps of its own, and what follows it is not there yet; what stands before it is finished. Without blocks the whole canvas is one.
 *
 * @source Arriola et al. 2025 (arXiv 2503.09573), algorithm 2
 */
import type { Denoiser } from '../likelihood/noised-input.ts';
import { type Denoised, type DenoiseJob, joined, NO_PASSES } from './denoise-job.ts';

/**
 * @param denoise writes canvases of one block each
 * @returns results in the order of the jobs
 */
export async function denoiseByBlocks(
  jobs: readonly DenoiseJob[],
  { blockLength, maskId }: Denoiser,
  denoise: (blocks: readonly DenoiseJob[]) => Promise<readonly Denoised[]>,
): Promise<readonly Denoised[]> {
  if (blockLength === undefined) return denoise(jobs);
  const rows = jobs.map((job) => new BlockRow(job, blockLength, maskId));
  for (;;) {
    const open = rows.filter((row) => row.isOpen);
    if (open.length === 0) return rows.map((row) => row.result());
    const denoised = await denoise(open.map((row) => row.job()));
    open.forEach((row, i) => {
      row.take(denoised[i] as Denoised);
    });
  }
}

/** A canvas of which the blocks up to `#done` are written. */
class BlockRow {
  readonly #job: DenoiseJob;
  readonly #blockLength: number;
  readonly #maskId: number;
  readonly #ids: Int32Array;
  /** Indices of the blocks that are to be written. */
  readonly #blocks: readonly number[];
  #done = 0;
  readonly #parts: Denoised[] = [];

  constructor(job: DenoiseJob, blockLength: number, maskId: number) {
    const { ids, maskable } = job.canvas;
    this.#job = job;
    this.#blockLength = blockLength;
    this.#maskId = maskId;
    this.#ids = ids.slice();
    this.#blocks = [...new Set(maskable.map((position) => Math.floor(position / blockLength)))];
  }

  get isOpen(): boolean {
    return this.#done < this.#blocks.length;
  }

  /** What the canvas lacks of its last block stays masked. */
  job(): DenoiseJob {
    const { canvas, onStep, ...rest } = this.#job;
    const block = this.#blocks[this.#done] as number;
    const ids = new Int32Array((block + 1) * this.#blockLength).fill(this.#maskId);
    ids.set(this.#ids.subarray(0, ids.length));
    const maskable = canvas.maskable.filter((position) => Math.floor(position / this.#blockLength) === block);
    const later = (this.#blocks.length - 1 - this.#done) * rest.sampler.steps;
    const finished = { row: this, tokens: block * this.#blockLength };
    const part = { ...rest, finished, canvas: { ...canvas, key: `${canvas.key}/block ${block}`, ids, maskable } };
    if (onStep === undefined) return part;
    return { ...part, onStep: (step) => onStep({ ...step, remaining: step.remaining + later }) };
  }

  take(part: Denoised): void {
    this.#ids.set(part.ids.subarray(0, this.#ids.length));
    this.#parts.push(part);
    this.#done += 1;
  }

  result(): Denoised {
    return {
      ids: this.#ids,
      nfe: this.#parts.reduce((passes, { nfe }) => passes + nfe, 0),
      computed: this.#parts.map(({ computed }) => computed).reduce(joined, NO_PASSES),
      steps: this.#job.sampler.steps,
    };
  }
}
