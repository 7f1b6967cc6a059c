/** Which widget edits which kind of value. */
import type { Component } from 'vue'
import type { ParamInfo, Widget } from '#nodes/node-info.ts'
import BoxesField from '../canvas/BoxesField.vue'
import KeypointsField from '../canvas/KeypointsField.vue'
import BoolField from './BoolField.vue'
import ChoiceField from './ChoiceField.vue'
import NumberField from './NumberField.vue'
import PictureField from './PictureField.vue'
import SeedField from './SeedField.vue'
import TextField from './TextField.vue'

const widgets: Record<Widget, Component> = {
  int: NumberField,
  float: NumberField,
  text: TextField,
  bool: BoolField,
  choice: ChoiceField,
  seed: SeedField,
  boxes: BoxesField,
  keypoints: KeypointsField,
  picture: PictureField,
}

export function widgetFor(info: ParamInfo): Component {
  return widgets[info.widget]
}
