/** What may be asked to be written, in token ids. */
import type { Decoding, GenerationRequest } from '../writing/generate.ts';
import type { InfillRequest } from '../writing/infill.ts';

export type WriteRequest =
  /** Text left to right after a prompt. */
  | { readonly kind: 'generate'; readonly request: GenerationRequest; readonly decoding: Decoding }
  /** Text in the place of masked positions, by denoising. */
  | { readonly kind: 'infill'; readonly request: InfillRequest };
