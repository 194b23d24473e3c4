/** The safetensors format: header, values, writer. */
export { type PublishedTensor, readSafetensorsHeader, type SafetensorsHeader } from './safetensors-header.ts';
export { readTensor, tensorBytes } from './tensor-values.ts';
export { type TensorSource, type ValuePiece, writeSafetensors } from './write-safetensors.ts';
