/** What a checkpoint does not say, or says twice and differently, where it is read all the same: sentences for its user. */
import { basename } from 'node:path';
import { quoted } from '../core/errors.ts';
import type { AnsweringChoices } from './answering.ts';
import type { ModelOptions, PlacedTensors } from './checkpoint.ts';
import type { PublishedWeights } from './formats/format.ts';

/** What is read as autoregressive since nothing says otherwise: adapted models are written so, too. */
export function silentFile(
  { answering }: PublishedWeights,
  config: unknown,
  { family }: ModelOptions,
  said: readonly AnsweringChoices[],
): string[] {
  if (family !== 'autoregressive' || said.some((each) => each.family != null)) return [];
  const mask = Object(config).mask_token_id;
  if (typeof mask === 'number') {
    const what = `config.json names a mask (mask_token_id ${mask}), and networks of its class are read as autoregressive`;
    return [`${what}: --family diffusion --mask-id ${mask} reads it otherwise`];
  }
  if (answering === undefined || answering.family !== undefined) return [];
  return [
    'its file says nothing of diffusion, so it is read as autoregressive: --family diffusion and --mask-id N read it otherwise',
  ];
}

/** Where config and weights say different things and the weights hold. */
export function disagreements(
  { tensors }: PublishedWeights,
  config: unknown,
  { vocabularyRows, layout }: Pick<PlacedTensors, 'vocabularyRows' | 'layout'>,
): readonly string[] {
  const { vocab_size, embedding_size, quantization_config } = Object(config);
  const [key, rows] =
    typeof embedding_size === 'number' ? ['embedding_size', embedding_size] : ['vocab_size', vocab_size];
  // The wrapper adds a row for the mask to a network whose config stays as it was.
  const isRowAdded = layout === 'wrapper' && vocabularyRows === rows + 1;
  const isQuantised = tensors.some(({ made }) => made !== undefined);
  return [
    ...(typeof rows !== 'number' || rows === vocabularyRows || isRowAdded
      ? []
      : [`config.json says ${key} ${rows}, and the embedding has ${vocabularyRows} rows, which hold`]),
    ...(quantization_config == null || isQuantised
      ? []
      : ['config.json has a quantization_config, and the weights are plain numbers: they are read as they are']),
  ];
}

/**
 * An adapter fits any network of the same sizes.
 *
 * @param base   of which its config speaks
 * @param called what names the base that it is merged into
 */
export function otherBase(base: string | null, called: readonly string[]): readonly string[] {
  const last = (name: string): string => basename(name.replace(/@.*$/, '')).toLowerCase();
  if (base === null || called.some((each) => last(each) === last(base))) return [];
  return [
    `adapter_config.json says that the adapter was trained on ${quoted(base)}, and it is merged into ${called[0]}`,
  ];
}

/** A sentence on fields that may move a number unseen. */
export function unknownFields(unknown: readonly string[]): readonly string[] {
  if (unknown.length === 0) return [];
  return [
    `config.json has ${unknown.map(quoted).join(', ')}, of which nothing is known here: it may change what the network computes`,
  ];
}
