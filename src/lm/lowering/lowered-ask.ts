import type { Ask } from '../../core/model.ts';
import type { Lowered } from './lowered.ts';

/** A question whose views are in tokens. */
export interface LoweredAsk {
  readonly ask: Ask;
  readonly views: readonly { readonly name: string; readonly alternatives: readonly Lowered[] }[];
}
