/** What `bench speed` is told. */
import { ascending, whole } from '../../options/fields.ts';
import { modelList } from '../../options/model-spec.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { DEVICE_OPTIONS, json, NET_OPTIONS, outFile } from '../../options/shared.ts';

const MOST = 65_536;
const numbers = (least: number, example: string) =>
  `whole numbers from ${least} to ${MOST} separated by commas, such as ${example}`;

export const SPEED_OPTIONS = {
  models: option(modelList, 'catalog names or checkpoint folders, separated by commas; of either family'),
  lengths: option(
    ascending(numbers(8, '512,1024,2048'), whole(8, MOST)),
    'tokens of a text, its start token included',
    [512, 1024, 2048] as readonly number[],
    '512,1024,2048',
  ),
  steps: option(
    ascending(numbers(1, '64,128,256,512'), whole(1, MOST)),
    'diffusion steps T',
    [64, 128, 256, 512] as readonly number[],
    '64,128,256,512',
  ),
  repeats: option(whole(1, 100), 'texts for each number, one after the other; the median is given', 3),
  out: outFile('write the document, machine included, to this file'),
  json,
  ...NET_OPTIONS,
  ...DEVICE_OPTIONS,
};
export interface SpeedOptions extends OptionsOf<typeof SPEED_OPTIONS> {}
