/** bpmn-js set up for this editor. */
import Modeler from 'bpmn-js/lib/Modeler'
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'
import 'bpmn-js/dist/assets/diagram-js.css'
import 'bpmn-js/dist/assets/bpmn-js.css'
import './canvas.css'
import { moddleExtensions } from '../model/moddle'
import type { Say } from '../model/summary'
import { commandsModule } from './commands'
import { copyModule } from './copy'
import { rendererColors, rendererModule, type StepWords } from './renderer'
import { routingModule } from './routing'
import type { Services } from './services'
import { translateModule } from './translate'

export interface CanvasOptions {
  container: HTMLElement
  words: StepWords
  say: Say
}

/** The canvas as the editor needs it. */
export type FlowModeler = Modeler<Services>
/** The canvas for looking at. */
export type FlowViewer = NavigatedViewer<Services>

/** Palette and context pad are our own, with words, so bpmn-js's are left empty. */
const OWN_TOOLS = { paletteProvider: ['value', null], contextPadProvider: ['value', null] }

/** A canvas to draw on. */
export function createModeler(options: CanvasOptions): FlowModeler {
  return new Modeler<Services>({
    ...common(options),
    additionalModules: [...modules(options), commandsModule, copyModule, routingModule, OWN_TOOLS],
  })
}

/** A canvas to look at. */
export function createViewer(options: CanvasOptions): FlowViewer {
  return new NavigatedViewer<Services>({ ...common(options), additionalModules: modules(options) })
}

/** bpmn-js measures text on an HTML canvas, which knows no CSS variables. */
function font(): string {
  const family = getComputedStyle(document.documentElement).getPropertyValue('--k-font')
  return family.replace(/\s+/g, ' ').trim() || 'sans-serif'
}

function common({ container }: CanvasOptions) {
  const fontFamily = font()
  return {
    container,
    moddleExtensions,
    bpmnRenderer: rendererColors,
    textRenderer: {
      defaultStyle: { fontFamily, fontSize: 12, lineHeight: 1.3 },
      externalStyle: { fontFamily, fontSize: 12, lineHeight: 1.3 },
    },
  }
}

function modules({ words, say }: CanvasOptions) {
  return [rendererModule, translateModule(say), { stepWords: ['value', words] }]
}
