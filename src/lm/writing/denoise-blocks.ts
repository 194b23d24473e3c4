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
  const rows = jobs.map((job) => blockRow(job, blockLength, maskId));
  for (;;) {
    const open = rows.filter((row) => row.isOpen());
    if (open.length === 0) return rows.map((row) => row.result());
    const denoised = await denoise(open.map((row) => row.job()));
    open.forEach((row, i) => {
      row.take(denoised[i] as Denoised);
    });
  }
}

/** A canvas whose blocks are written one after another. */
function blockRow(whole: DenoiseJob, blockLength: number, maskId: number) {
  const { canvas, onStep, ...rest } = whole;
  const { steps } = rest.sampler;
  const row = canvas.ids.slice();
  const blockOf = (position: number): number => Math.floor(position / blockLength);
  /** Indices of the blocks that are to be written. */
  const blocks = [...new Set(canvas.maskable.map(blockOf))];
  const parts: Denoised[] = [];
  return {
    isOpen: () => parts.length < blocks.length,
    /** What the canvas lacks of its last block stays masked. */
    job(): DenoiseJob {
      const block = blocks[parts.length] as number;
      const ids = new Int32Array((block + 1) * blockLength).fill(maskId);
      ids.set(row.subarray(0, ids.length));
      const maskable = canvas.maskable.filter((position) => blockOf(position) === block);
      const later = (blocks.length - 1 - parts.length) * steps;
      const finished = { row, tokens: block * blockLength };
      const part = { ...rest, finished, canvas: { ...canvas, key: `${canvas.key}/block ${block}`, ids, maskable } };
      if (onStep === undefined) return part;
      return { ...part, onStep: (step) => onStep({ ...step, remaining: step.remaining + later }) };
    },
    take(part: Denoised): void {
      row.set(part.ids.subarray(0, row.length));
      parts.push(part);
    },
    result: (): Denoised => ({
      ids: row,
      nfe: parts.reduce((passes, { nfe }) => passes + nfe, 0),
      computed: parts.map(({ computed }) => computed).reduce(joined, NO_PASSES),
      steps,
    }),
  };
}
