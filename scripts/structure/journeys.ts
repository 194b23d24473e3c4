/** What a reader follows through the sources, the same for every checkout; alternatives are names of earlier ones. */
import type { Leg } from './walk.ts';

/** From `argv` of `bench run` to a stored record: what is read, decided, opened, asked and written on the way. */
export const TO_A_RECORD: readonly Leg[] = [
  { from: 'src/cli.ts#main', milestones: ['readFlags|read', 'settled|resolveRunOptions', 'RUN_OPTIONS|RUN_DEFAULTS'] },
  {
    from: 'src/commands/run/run.ts#run|src/commands/run.ts#run',
    milestones: [
      ...[
        'chosenTasks',
        'openModel',
        'loadTokenizer',
        'loadTask',
        'openJudge',
        'engineOf',
        'openLanguageModel',
        'openNet',
      ],
      ...[
        'describeTaskRun|describeJob',
        'settingsOf',
        'describeRun',
        'describeMachine',
        'lintWarnings',
        'unitSize',
        'executeRun',
        'planRun',
      ],
      ...[
        'openRun',
        'lowerView',
        'scoreBranches',
        'forwardWith',
        'packSequences',
        'scoreItem',
        'sessionLog|SessionLog',
        'UnitWatch',
      ],
      ...['recordLine', 'RunWriter', 'replaceFile|atomicWrite'],
    ],
  },
];
/** From the files of a checkpoint to a row of logits. */
export const TO_LOGITS: readonly Leg[] = [
  {
    from: 'src/checkpoints/open.ts#openModel|src/checkpoints/resolve-model.ts#openModel',
    milestones: [
      'openCheckpoint',
      'parseConfig',
      'readSafetensorsHeader',
      'placeTensors',
      'weightShapes|weightsOf',
      'netName',
    ],
  },
  {
    from: 'src/lm/forward/forward.ts#openNet|src/lm/forward/open-net.ts#openNet|src/lm/open-net.ts#openNet',
    milestones: ['gpt2', 'forwardWith', 'packSequences'],
  },
  { from: 'src/engines/onnx/engine.ts#onnxEngine', milestones: ['onnxEngine', 'GraphOps'] },
];
