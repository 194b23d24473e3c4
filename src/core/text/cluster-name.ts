import { sha256 } from './digest.ts';

/** UTF-16 units; ids of problems and articles are shorter. */
const LONGEST = 32;
const DIGITS = 12;

/** The name of a cluster as it is stored: a long text, such as a passage, by the first 12 digits of its SHA-256. */
export const clusterName = (text: string): string => (text.length <= LONGEST ? text : sha256(text).slice(0, DIGITS));
