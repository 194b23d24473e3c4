/** What the article draws, and its table of seconds: texts and times. Values of the figures were not published as numbers. */
import { type Experiment, experiment } from './experiment.ts';

const LENGTHS = [512, 1024, 2048];

export const TABLE_10: Experiment = experiment({
  name: 'table-10',
  title: 'Table 10: seconds a text',
  tables: ['table-10'],
  times: [{ models: ['llama2-7b', 'diffullama'], lengths: LENGTHS, steps: [256] }],
  notes: [
    'Published on another machine (one GPU, several forms of attention): compare the ratio of the two models, not seconds. T is not printed; the text speaks of 256.',
  ],
});

export const FIGURE_3: Experiment = experiment({
  name: 'figure-3',
  title: 'Figure 3: texts without a prompt',
  tables: [],
  texts: [
    {
      ...{ models: ['gpt2-m', 'diffugpt-m'], judge: 'gpt2-l', length: 1024, samples: 64, topP: 0.9 },
      ...{ steps: [32, 64, 128, 256, 512, 1024], temperature: [0.9, 0.98] },
    },
    {
      ...{ models: ['gpt2-s', 'diffugpt-s'], judge: 'gpt2-l', length: 512, samples: 64, topP: 0.9 },
      ...{ steps: [32, 64, 128, 256, 512], temperature: [0.9, 1] },
    },
  ],
  notes: ['The article draws curves and prints no values.'],
});

export const FIGURE_4: Experiment = experiment({
  name: 'figure-4',
  title: 'Figure 4: seconds a text over length and T',
  tables: [],
  times: [{ models: ['llama2-7b', 'diffullama'], lengths: LENGTHS, steps: [64, 128, 256, 512] }],
  notes: ['The article draws bars and prints no values.'],
});
