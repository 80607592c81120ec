export default {
  move: 'Move “{name}”: drag it, or press up and down',
  moveHint: 'Drag, or press up and down',
  up: 'Move “{name}” up',
  down: 'Move “{name}” down',
}
