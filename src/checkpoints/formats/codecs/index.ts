/** The element types of weights, by the names that files and their documentation give them. */
import { BLOCKS } from './blocks.ts';
import type { Codec } from './codec.ts';
import { FLOATS } from './floats.ts';
import { K_BLOCKS } from './k-blocks.ts';

const CODECS: ReadonlyMap<string, Codec> = new Map(Object.entries({ ...FLOATS, ...BLOCKS, ...K_BLOCKS }));

/** null for a type that no weight can have here. */
export const codecOf = (dtype: string): Codec | null => CODECS.get(dtype) ?? null;

/** Those that need no blocks. */
export const floatNames = (): readonly string[] => Object.keys(FLOATS);
