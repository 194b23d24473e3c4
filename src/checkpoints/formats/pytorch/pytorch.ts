import type { HubFormat } from '../format.ts';
import { readTorchFile } from './read-torch-file.ts';

/** Weights as `torch.save` writes them. */
export const pytorch: HubFormat = {
  name: 'pytorch',
  suffix: '.bin',
  single: 'pytorch_model.bin',
  called: 'file of torch.save',
  readFile: async (file) => ({ source: file, tensors: await readTorchFile(file), aliases: new Map() }),
};
