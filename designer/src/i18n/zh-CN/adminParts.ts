export default {
  move: '移动“{name}”：拖动，或按上下键',
  moveHint: '拖动，或按上下键',
  up: '“{name}”上移',
  down: '“{name}”下移',
}
