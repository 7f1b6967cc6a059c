/** Simplified Chinese, for the nodes of the server. Their English stands in the nodes themselves. */

/** How a port or a parameter is called, and what is said of it. */
export type PartWords = readonly [title: string, description: string]

export interface NodeWords {
  readonly title: string
  readonly description: string
  /** What a person may look for it by. */
  readonly aliases?: readonly string[]
  readonly inputs?: Readonly<Record<string, PartWords>>
  readonly params?: Readonly<Record<string, PartWords>>
  readonly outputs?: Readonly<Record<string, PartWords>>
}

const shared = { value: ['数值', '这个值'] } as const

const nodesZh: Readonly<Record<string, NodeWords>> = {
  'constant/bool': {
    title: '布尔值',
    description: '可供多个节点共用的“是”或“否”。',
    params: { value: ['数值', '是或否'] },
    outputs: shared,
  },
  'constant/float': {
    title: '小数',
    description: '可供多个节点共用的数。',
    params: { value: ['数值', '一个数'] },
    outputs: shared,
  },
  'constant/int': {
    title: '整数',
    description: '可供多个节点共用的整数。',
    params: { value: ['数值', '一个整数'] },
    outputs: shared,
  },
  'constant/text': {
    title: '文本',
    description: '可供多个节点共用的文本。',
    params: { value: ['数值', '一段文本'] },
    outputs: shared,
  },
  'grounding/box': {
    title: '框定位',
    description: '说出有哪些东西、各在何处。框以画面的比例表示；没有框时不启用定位。',
    aliases: ['GLIGEN 文本框', '边界框'],
    inputs: { model: ['模型', '带门控层的模型'] },
    params: { boxes: ['框', '最多 30 个短语，各带一个框 x0 y0 x1 y1；模型接受图片时还可带一张图片'] },
    outputs: {
      grounding: ['定位', '为此模型编码的各个实体'],
      boxes: ['框', '原样的框，供“重绘蒙版”使用'],
    },
  },
  'grounding/cutoff-switch': {
    title: '定位时段',
    description: '前一部分步启用定位，之后是普通扩散：先定布局，再求贴合文字。',
    inputs: { grounding: ['定位', '什么东西在哪里'], step: ['步', '当前询问的步'] },
    params: {
      on: ['τ', '完全启用定位的步所占的比例'],
      decay: ['衰减', 'β 降到 0 所用的步的比例；其余各步不经过门控层'],
      strength: ['β', '完全启用时门控层的强度；1 即训练时的强度'],
    },
    outputs: { grounding: ['定位', '同一定位，带有这一步的门控强度 β'], beta: ['β', '这一步的 β'] },
  },
  'grounding/image': {
    title: '图片定位',
    description:
      '用图片说明东西的样子，并说明它们在何处。每个框可有自己的图片，否则取接入的图片；短语可有可无。蒙版决定两者各占多少。',
    inputs: {
      model: ['模型', '门控层接受图片、且带图像编码器的模型'],
      image: ['图像', '没有自己图片的框所用的参考图片'],
    },
    params: { boxes: ['框', '最多 30 个框 x0 y0 x1 y1，各带图片、短语或两者'] },
    outputs: {
      grounding: ['定位', '为此模型编码的各个实体'],
      boxes: ['框', '原样的框，供“重绘蒙版”使用'],
    },
  },
  'grounding/keypoint': {
    title: '关键点定位',
    description:
      '给人物摆姿势：每个人物 17 个 COCO 关键点，以画面的比例表示。没有的点不计；没有人物时不启用定位。',
    inputs: { model: ['模型', '带关键点适配器的模型'] },
    params: { figures: ['人物', '鼻、眼、耳、肩、肘、腕、髋、膝、踝，先左后右'] },
    outputs: { grounding: ['定位', '为此模型编码的人物'] },
  },
  'grounding/merge': {
    title: '合并定位',
    description:
      '把同一模型的多个定位合为一个：带短语的框、带图片的框和风格。整幅画面只有一个门控强度，取其中最大者。',
    inputs: {
      first: ['第一', '排在最前的实体'],
      second: ['第二', '接下来的实体'],
      third: ['第三', '再接下来的实体'],
      fourth: ['第四', '排在最后的实体'],
    },
    outputs: { grounding: ['定位', '全部实体'] },
  },
  'grounding/report': {
    title: '定位报告',
    description: '衡量画面是否遵从定位：由模型自带的检测器查看画面，把每个框和姿势与所见相比。',
    inputs: {
      image: ['图像', '来自“VAE 解码”的画面'],
      grounding: ['定位', '所要求的内容；检测器由其模型提供'],
    },
    params: { threshold: ['阈值', '重叠 (IoU) 或姿势相似度 (OKS) 达到此值即算找到'] },
    outputs: {
      report: ['报告', 'JSON：每个实体是否找到、程度如何、那里看到的是什么'],
      image: ['图像', '画面，标出所要求的（绿：找到，红：没找到）和所见的（虚线）'],
      found: ['找到', '所要求的内容中找到的比例，0 到 1'],
      iou: ['IoU', '框平均被填满的程度，0 到 1'],
    },
  },
  'grounding/style': {
    title: '风格定位',
    description: '按一张图片的风格来画：多一个只有图片、没有短语的实体。用“合并定位”把它与框合在一起。',
    inputs: {
      model: ['模型', '门控层接受图片、且带图像编码器的模型'],
      image: ['图像', '想要其风格的图片'],
    },
    params: {
      place: [
        '位置',
        '风格实体的框：GLIGEN 代码与 diffusers 所用的点 [0, 1, 0, 1]、整幅画面，或其演示所用的线',
      ],
      weight: ['权重', '风格占多少：该实体的图片蒙版'],
    },
    outputs: { grounding: ['定位', '为此模型编码的风格'] },
  },
  'image/grid': {
    title: '图像网格',
    description: '把一列图片逐行排成一张，每张上方有标签。',
    inputs: {
      images: ['图像列表', '各张图片'],
      labels: ['标签', '每张图片一个标签：拉丁字母，其他字符显示为方框'],
    },
    params: { columns: ['列数', '每行的图片数；0 表示大致与高相等'] },
    outputs: { image: ['图像', '合为一张的全部图片'] },
  },
  'image/load': {
    title: '载入图片',
    description: '本机上的一张图片，按内容哈希查找：把图片拖到节点上即可。',
    params: { picture: ['图片', 'PNG、JPEG 或 WebP'] },
    outputs: { image: ['图像', '这张图片'] },
  },
  'image/preview': {
    title: '预览图像',
    description: '显示图像，但不存为文件。',
    inputs: { image: ['图像', '要显示的图像'] },
  },
  'image/resize': {
    title: '调整尺寸',
    description: '得到给定尺寸的图像。',
    aliases: ['放大', '缩放'],
    inputs: { image: ['图像', '任意图像'] },
    params: {
      width: ['宽', '像素'],
      height: ['高', '像素'],
      fit: ['适应', '`cover` 保持比例并裁去多余部分，`fill` 拉伸'],
    },
    outputs: { image: ['图像', '调整后的图像'] },
  },
  'image/save': {
    title: '保存图像',
    description: '把图像存为 PNG，其中含有生成它的工作流。',
    inputs: { image: ['图像', '要保存的图像'] },
    params: { name: ['名称', '文件名的开头'] },
  },
  'inpaint/blend': {
    title: '重绘混合',
    description:
      '位于“循环开始”与“门控 UNet 步”之间：把要保留的部分放回，并按种子加上这一步的噪声。适用于所有模型；带重绘适配器的模型还会自己读取保留的部分。',
    inputs: {
      step: ['步', '当前的步，来自“循环开始”'],
      latent: ['潜变量', '这一步之前的潜变量，来自“循环开始”'],
      clean: ['原潜变量', '要保留的画面，来自“VAE 编码”'],
      mask: ['蒙版', '保留什么，来自“重绘蒙版”：1 = 保留，0 = 重绘'],
    },
    outputs: { latent: ['潜变量', '同一潜变量，保留的部分已放回'] },
  },
  'inpaint/mask': {
    title: '重绘蒙版',
    description: '说明重绘哪里：框内的潜变量格子，其余全部保留。接入“框定位”的框，或在这里画。',
    inputs: { latent: ['潜变量', '要保留的画面，来自“VAE 编码”：取其尺寸'] },
    params: { boxes: ['框', '要重绘的区域，x0 y0 x1 y1，以画面的比例表示'] },
    outputs: { mask: ['蒙版', '潜变量每格一个值：1 = 保留，0 = 重绘'] },
  },
  'inpaint/paste': {
    title: '贴回原图',
    description: '把要保留的像素盖回重绘后的画面：解码器给出的略有偏差。',
    inputs: {
      image: ['图像', '重绘后的画面，来自“VAE 解码”'],
      original: ['原图', '要保留的图像，尺寸相同'],
      mask: ['蒙版', '保留什么，来自“重绘蒙版”：1 = 保留，0 = 重绘'],
    },
    outputs: { image: ['图像', '原图，其中一部分已重绘'] },
  },
  'latent/noise': {
    title: '潜变量噪声',
    description: '起始的单位噪声；同一种子在任何机器上给出相同的噪声。',
    aliases: ['空潜变量', '空 Latent'],
    inputs: { model: ['模型', '决定潜变量的通道数和尺寸'] },
    params: {
      width: ['宽', '像素；0 为模型训练时的尺寸'],
      height: ['高', '像素；0 为模型训练时的尺寸'],
      seed: ['种子', '0 到 2^64−1 的整数'],
    },
    outputs: { latent: ['潜变量', '噪声，供“循环开始”使用'] },
  },
  'list/floats': {
    title: '小数列表',
    description: '若干个数：所接入的部分对每个数各运行一次。',
    params: { values: ['数值', '用逗号分隔的数'] },
    outputs: { values: ['数值', '按顺序的各个数'] },
  },
  'list/ints': {
    title: '整数列表',
    description: '若干个整数，例如种子：所接入的部分对每个数各运行一次。',
    params: { values: ['数值', '用逗号分隔的整数；1..4 即 1, 2, 3, 4'] },
    outputs: { values: ['数值', '按顺序的各个数'] },
  },
  'list/pick': {
    title: '取一项',
    description: '列表中的一项。',
    inputs: { list: ['列表', '任意列表'] },
    params: { index: ['序号', '0 为第一项'] },
    outputs: { item: ['项', '这一项'] },
  },
  'list/texts': {
    title: '文本列表',
    description: '若干段文本：所接入的部分对每段各运行一次。',
    params: { texts: ['文本', '每行一段'] },
    outputs: { texts: ['文本', '按顺序的各段文本'] },
  },
  'logic/switch': {
    title: '开关',
    description: '取两个分支之一；另一个分支之前的部分不运行。',
    inputs: { whenTrue: ['为真时', '开关打开时取它'], whenFalse: ['为假时', '开关关闭时取它'] },
    params: { bool: ['打开', '取哪个分支'] },
    outputs: { value: ['结果', '所取分支给出的内容'] },
  },
  'model/load': {
    title: '载入模型',
    description:
      '本机上的模型，按其标识：`models/` 下 diffusers 格式的文件夹。适配器把门控层放入它的 UNet，决定能用什么来定位。',
    aliases: ['检查点', '大模型'],
    params: {
      model: ['模型', '本机上某个模型的标识'],
      adapter: ['适配器', '`auto` 为模型的第一个适配器，`none` 为仅用模型本身'],
      hash: ['哈希', '制作此文件时的内容哈希；留空则接受任何内容'],
    },
    outputs: { model: ['模型', '供所有需要模型的节点使用'] },
  },
  'sampling/end-steps': {
    title: '循环结束',
    description: '结束去噪循环：给出最后一步的潜变量。',
    inputs: { latent: ['潜变量', '这一步之后的潜变量'] },
    outputs: { latent: ['潜变量', '最终的干净潜变量'] },
  },
  'sampling/gated-unet-step': {
    title: '门控 UNet 步',
    description:
      '一步去噪：分别带文字和不带文字询问 UNet，再由采样器移动潜变量。不带文字的一半使用空定位，与论文一致。',
    aliases: ['K 采样器', 'CFG'],
    inputs: {
      model: ['模型', '询问它的 UNet'],
      step: ['步', '当前的步，来自“循环开始”'],
      latent: ['潜变量', '这一步之前的潜变量'],
      positive: ['正向', '画面中有什么'],
      negative: ['反向', '画面中没有什么；通常是空文本'],
      grounding: ['定位', '什么东西在哪里'],
    },
    params: { guidance: ['引导', '从无条件的回答向有条件的回答走多远；1 为恰好到达'] },
    outputs: {
      latent: ['潜变量', '这一步之后的潜变量'],
      denoised: ['去噪', '若在此结束，画面会是什么样'],
    },
  },
  'sampling/step-info': {
    title: '步信息',
    description: '说明循环正在进行哪一步，使“开关”在前面的步取一个分支，之后取另一个。',
    inputs: { step: ['步', '当前的步，来自“循环开始”'] },
    params: { at: ['变化处', '变化之前的步所占的比例，算法与 τ 相同'] },
    outputs: {
      index: ['序号', '这一步的序号；0 为第一步'],
      progress: ['进度', '这一步之前已完成的步所占的比例'],
      isBefore: ['变化之前', '这一步是否在变化之前'],
    },
  },
  'sampling/steps': {
    title: '循环开始',
    description:
      '开始去噪循环：从这里到“循环结束”之间的部分每步运行一次。接入潜变量时，从那幅画面开始，而不是从头开始。',
    aliases: ['K 采样器', '降噪'],
    inputs: {
      model: ['模型', '使用它的调度器配置'],
      noise: ['噪声', '单位噪声，来自“潜变量噪声”'],
      latent: ['潜变量', '作为起点的干净潜变量，用于图生图'],
    },
    params: {
      sampler: ['采样器', '如何由网络的回答得到下一步'],
      schedule: ['时间表', '各步在噪声水平上如何分布；`model` 为其调度器文件所要求的'],
      steps: ['步数', '共几步'],
      strength: ['强度', '接入潜变量时：重绘多少；0.6 只运行最后 60 % 的步，0 仍运行一步'],
    },
    outputs: { step: ['步', '当前的步'], latent: ['潜变量', '这一步的潜变量'] },
  },
  'text/encode': {
    title: '文本编码',
    description: '把文本变成交叉注意力读取的内容。只运行一次：它不依赖于步。',
    aliases: ['提示词', 'CLIP 文本编码'],
    inputs: { model: ['模型', '使用它的文本编码器'] },
    params: { text: ['文本', '画面中有什么；留空即无文本'] },
    outputs: { conditioning: ['条件', '编码后的文本'] },
  },
  'vae/decode': {
    title: 'VAE 解码',
    description: '把潜变量变成图像。',
    inputs: { model: ['模型', '使用它的解码器'], latent: ['潜变量', '干净的潜变量'] },
    outputs: { image: ['图像', '得到的图像'] },
  },
  'vae/encode': {
    title: 'VAE 编码',
    description: '把图像变成潜变量：取编码器所给分布的均值，因此不需要种子。',
    inputs: {
      model: ['模型', '使用它的编码器'],
      image: ['图像', '边长须为一个潜变量格子所覆盖像素的整数倍'],
    },
    outputs: { latent: ['潜变量', '干净的潜变量，供“循环开始”使用'] },
  },
}

export default nodesZh
