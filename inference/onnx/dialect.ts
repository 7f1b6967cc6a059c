/** What each provider of onnxruntime 1.30 can be trusted with. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'webgpu' | 'coreml'

export interface Dialect {
  /**
   * How attention is written. `fused` is one com.microsoft operator, the fastest on CPU but wrong on WebGPU; `standard` is
   * the operator of opset 23; `plain` is MatMul and Softmax, which every provider runs.
   */
  readonly attention: 'fused' | 'standard' | 'plain'
  /**
   * Whether a convolution may read any number of channels. WebGPU's gives wrong sums where it is a multiple of 3 but not
   * of 4 (6, 9, 18 were tried; 3 is right), so there channels of zeros are added.
   */
  readonly anyChannels: boolean
}

export const dialects: Record<Provider, Dialect> = {
  cpu: { attention: 'fused', anyChannels: true },
  cuda: { attention: 'fused', anyChannels: true },
  dml: { attention: 'plain', anyChannels: true },
  webgpu: { attention: 'standard', anyChannels: false },
  coreml: { attention: 'plain', anyChannels: true },
}
