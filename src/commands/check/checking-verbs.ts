/** The verbs that check what others rely on: stored runs, models, the machine. */
import { DOCTOR_FLAGS, REPLAY_FLAGS } from '../shell/flags.ts';
import { isOn, text, type Verb } from '../shell/verb.ts';

export const replay: Verb = {
  name: 'replay',
  takes: 'RUN',
  about: 'Compute a stored run again from its manifest and compare every record byte for byte.',
  flags: REPLAY_FLAGS,
  exits: { regression: 'other bytes, or made from something that has changed' },
  examples: [
    ['replay gpt2-m-piqa-canonical-4074d135777e', 'every item of a run: RUN is its folder or its name'],
    ['replay gpt2-m-piqa-canonical-4074d135777e --sample 20', 'twenty of its items, drawn at random'],
    ['replay RUN --model ./gpt2-m-copy --anyway', 'with weights that lie elsewhere, even if they have changed'],
  ],
  async execute(names, flags, io) {
    const { resolveReplayOptions } = await import('./replay-schema.ts');
    const options = resolveReplayOptions(names[0] ?? '', flags);
    return (await import('./replay.ts')).run(options, io);
  },
};

export const doctor: Verb = {
  name: 'doctor',
  takes: '[MODEL]',
  about: 'Check what this machine can do, or whether a model, its tokenizer and the data go together.',
  flags: DOCTOR_FLAGS,
  exits: { failure: 'something broken was found' },
  examples: [
    ['doctor', 'what works, what is missing, and what to do about it'],
    ['doctor diffugpt-m', 'mask, shift, attention, tokenizer and labels of a model and the data'],
    ['doctor ./my-diffusion --mask-id 50257 --shift off', 'a checkpoint of your own'],
  ],
  async execute(names, flags, io) {
    if (names[0] !== undefined) {
      const { resolveModelDoctorOptions } = await import('./doctor-schema.ts');
      return (await import('./doctor-model.ts')).doctorModel(resolveModelDoctorOptions(names[0], flags), io);
    }
    return (await import('./doctor.ts')).run({ dataDir: text(flags, 'data-dir'), json: isOn(flags, 'json') }, io);
  },
};
