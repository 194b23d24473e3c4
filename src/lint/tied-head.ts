/** Is the output head the one that the model's own library would use? */
import { type Check, passed, suspect } from './check.ts';

export interface HeadFacts {
  /** config.json says, or leaves it to a default that says, that head and embedding are one. */
  readonly saysTied: boolean;
  /** The network uses the embedding as its head. */
  readonly isTied: boolean;
  /** A head of its own holds the values of the embedding. */
  readonly isCopy: boolean;
}

export function checkTiedHead({ saysTied, isTied, isCopy }: HeadFacts): Check {
  if (isTied) return passed('tied-head', 'the output head is the embedding');
  if (!saysTied || isCopy)
    return passed('tied-head', `the output head is a weight of its own${isCopy ? ', a copy' : ''}`);
  return suspect(
    'tied-head',
    'config.json ties the output head to the embedding, but the file holds another head, which is used',
    'libraries that follow config.json ignore that head: set "tie_word_embeddings": false there, or remove lm_head.weight',
  );
}
