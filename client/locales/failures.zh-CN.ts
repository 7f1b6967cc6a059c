/** What nodes fail of, in Chinese: by the English sentence with its slots open, and the texts that stand in slots. */
const failures: Readonly<Record<string, string>> = {
  // engine
  "nothing arrives at its input '{0}'": '输入“{0}”没有收到任何值',
  "its '{0}' gets a list of {1} and its '{2}' one of {3}, lists that are taken item by item must be equally long":
    '“{0}”收到 {1} 项的列表，“{2}”收到 {3} 项的列表：逐项处理的列表必须一样长',

  // grounding
  'Cannot ground box {0}: nothing says what stands in it, drop a picture on it, name it, or wire an image':
    '框 {0} 没有说明里面是什么：请放入图片、写上短语，或接入图像',
  'Cannot ground by {0} with model {1}: it has no gated layers, choose another adapter or model in LoadModel':
    '模型 {1} 不能用{0}来定位：它没有门控层，请在“载入模型”中换一个适配器或模型',
  'Cannot ground by {0} with model {1}: it is grounded by {2}, choose another adapter or model in LoadModel':
    '模型 {1} 不能用{0}来定位，它接受的是{2}：请在“载入模型”中换一个适配器或模型',
  'phrases in boxes': '框中的短语',
  'pictures in boxes': '框中的图片',
  'the style of a picture': '图片的风格',
  keypoints: '关键点',
  'a kept part of a picture': '图片中保留的部分',
  "Cannot ground boxes: the model's gated layers read keypoints, load it with an adapter for boxes":
    '无法用框定位：模型的门控层读取的是关键点，请为它载入用于框的适配器',
  'Cannot ground {0} entities: the model has {1} slots, leave some out':
    '无法定位 {0} 个实体：模型只有 {1} 个位置，请减少一些',
  "Cannot ground entity {0} by a picture: the model only takes phrases, use one of kind 'gated-text-image'":
    '实体 {0} 无法用图片定位：模型只接受短语，请使用“gated-text-image”类的模型',
  'Cannot ground {0} figures: the model has room for {1}, leave some out':
    '无法定位 {0} 个人物：模型最多容纳 {1} 个，请减少一些',
  'Cannot merge groundings: one was made with model {0}, another with {1}, wire one model to both':
    '无法合并定位：一个来自模型 {0}，另一个来自 {1}，请把同一个模型接到两处',
  'Cannot merge groundings: some have boxes and some have keypoints, a model reads only one of them':
    '无法合并定位：有的是框，有的是关键点，模型只能读取其中一种',
  'Cannot merge groundings: together they have {0} entities, the model has {1} slots, leave some out':
    '无法合并定位：一共有 {0} 个实体，模型只有 {1} 个位置，请减少一些',

  // images, latents, lists
  'Cannot load a picture: none is chosen, drop one on the node': '没有选择图片：请把图片拖到节点上',
  'Cannot lay out a grid: the list of pictures is empty, fill it': '无法排成网格：图片列表是空的，请填入图片',
  'Cannot encode a picture of {0} × {1} px: both sides must be multiples of {2}, put a Resize node before':
    '无法编码 {0} × {1} 像素的图片：两边都必须是 {2} 的倍数，请在前面接入“调整尺寸”节点',
  'Cannot put pixels back: the original has {0} × {1}, the painted picture {2} × {3}; put a Resize node before':
    '无法贴回像素：原图是 {0} × {1}，画出的图是 {2} × {3}，请在前面接入“调整尺寸”节点',
  'Cannot keep part of a picture: its latent is [{0}], the one under way [{1}]; give LatentNoise the size of the picture':
    '无法保留图片的一部分：它的潜变量是 [{0}]，正在去噪的是 [{1}]，请把“潜变量噪声”设为图片的大小',
  'Cannot keep part of a picture at step {0} of {1}: the latent is ready for noise of {2}, the step begins at {3}; put InpaintBlend between Steps and GatedUNetStep, or begin the loop at its first step':
    '第 {0}/{1} 步无法保留图片的一部分：潜变量的噪声水平是 {2}，这一步从 {3} 开始，请把“重绘混合”放在“循环开始”与“门控 UNet 步”之间，或从第一步开始循环',
  'Cannot start from a picture: its latent was made with model {0}, the steps use {1}, wire one model to both':
    '无法从图片开始：它的潜变量来自模型 {0}，这些步用的是 {1}，请把同一个模型接到两处',
  'Cannot start from a picture of {0} × {1} px: the noise is for {2} × {3}; give LatentNoise the size of the picture, or put a Resize node before VAEEncode':
    '无法从 {0} × {1} 像素的图片开始：噪声的大小是 {2} × {3}，请把“潜变量噪声”设为图片的大小，或在“VAE 编码”前接入“调整尺寸”节点',
  'Cannot make noise for {0} {1}: it must be a multiple of {2}, such as {3}':
    '无法为{0} {1} 生成噪声：它必须是 {2} 的倍数，例如 {3}',
  width: '宽度',
  height: '高度',
  'Cannot pick item {0}: the list is empty, fill it': '无法取出第 {0} 项：列表是空的，请填入内容',
  'Cannot pick item {0}: the list has {1}, from 0 to {2}': '无法取出第 {0} 项：列表有 {1} 项，从 0 到 {2}',

  // steps
  "Cannot take step {0} of {1}: the latent is under way with the sampler '{2}', the step is of '{3}'; begin the loop at its first step, or choose that sampler again":
    '无法进行第 {0}/{1} 步：潜变量正用采样器“{2}”去噪，这一步用的是“{3}”，请从第一步开始循环，或换回原来的采样器',
  'Cannot take step {0} of {1}: the latent is ready for noise of {2}, the step begins at {3}; begin the loop at its first step, or set steps, schedule and strength as they were':
    '无法进行第 {0}/{1} 步：潜变量的噪声水平是 {2}，这一步从 {3} 开始，请从第一步开始循环，或把步数、调度与强度设回原值',
  'Cannot go on after step {0} of {1}: the latent holds numbers that are not finite; take less guidance, or get the files of the model again':
    '第 {0}/{1} 步之后无法继续：潜变量中出现了非有限的数，请降低引导强度，或重新获取模型文件',
  'Cannot take a step: the model was trained for inpainting and reads what is kept of a picture, put InpaintBlend between Steps and this node, or choose another adapter in LoadModel':
    '无法进行这一步：模型是为局部重绘训练的，需要读取图片中保留的部分，请在“循环开始”与此节点之间接入“重绘混合”，或在“载入模型”中换一个适配器',
  "Cannot take a step: '{0}' was made with model {1}, the step uses {2}, wire one model to both":
    '无法进行这一步：“{0}”来自模型 {1}，这一步用的是 {2}，请把同一个模型接到两处',
}

export default failures
