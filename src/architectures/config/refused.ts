/** Published classes that are not implemented, and why: by `model_type`, a clause that completes "… is not read:". */
export const REFUSED: Readonly<Record<string, string>> = {
  diffusion_gemma: 'its canvas starts as random tokens, not masks, and no bound here holds for it',
  lladamoe: 'its layers choose among experts, which no architecture here has',
  llada2_moe: 'its layers choose among experts, which no architecture here has',
  mixtral: 'its layers choose among experts, which no architecture here has',
  qwen3_moe: 'its layers choose among experts, which no architecture here has',
  qwen2_vl: 'it reads images, and a score without them means nothing',
  mineru_diffusion: 'it reads pages as images, and a score without them means nothing',
  distilbert: 'it classifies tokens, and is no language model',
  bert: 'it gives no probabilities of whole texts that any task here asks for',
};
