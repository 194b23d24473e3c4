/** `bench models`: the models of the catalog, and which of them are here. */
import { json } from '../../options/shared.ts';
import { declareVerb, oneOf } from '../shell/verb.ts';
import { type ListOptions, run } from './list.ts';

export const verb = declareVerb({
  options: { json },
  examples: [],
  settle(given, [action = 'list']): ListOptions {
    oneOf('action', action, ['list'], 'bench models --help');
    return { ...given, section: 'models', dataDir: null };
  },
  run,
});
