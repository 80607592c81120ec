/** Our own commands. Everything the panel changes goes through them, so that undo and redo are complete. */
import { put, type Edit, type ModdleElement } from '../model/moddle'
import type { CanvasElement, Services, SettingsChange } from './services'

/** Applies edits of model objects to an element as one step of undo. */
export const APPLY_SETTINGS = 'kapok.applySettings'
/** Makes several changes of the drawing one step of undo. */
export const ALL_AT_ONCE = 'kapok.allAtOnce'

interface SettingsContext extends SettingsChange {
  before?: Edit[]
}

/** `default` of a gateway is drawn on its flows, so they are drawn again too. */
class ApplySettings {
  static readonly $inject = ['elementRegistry', 'modeling']

  constructor(
    private readonly registry: Services['elementRegistry'],
    private readonly modeling: Services['modeling'],
  ) {}

  execute(context: SettingsContext): CanvasElement[] {
    context.before = context.edits.map(({ target, properties }) => ({
      target,
      properties: Object.fromEntries(Object.keys(properties).map((name) => [name, present(target, name)])),
    }))
    return this.apply(context.element, context.edits)
  }

  postExecute({ element, label }: SettingsContext): void {
    if (label !== undefined) this.modeling.updateLabel(element, label)
  }

  revert(context: SettingsContext): CanvasElement[] {
    return this.apply(context.element, [...(context.before ?? [])].reverse())
  }

  private apply(element: CanvasElement, edits: Edit[]): CanvasElement[] {
    const changed = new Set([element])
    for (const { target, properties } of edits) {
      for (const [name, value] of Object.entries(properties)) put(target, name, value)
      const drawn = this.registry.get(String(target.get('id') ?? ''))
      if (!drawn) continue
      changed.add(drawn)
      if ('default' in properties) for (const flow of drawn.outgoing) changed.add(flow)
    }
    return [...changed]
  }
}

/** moddle makes an empty list where there was nothing; only what was there counts. */
function present(target: ModdleElement, name: string): unknown {
  const value = target.get(name)
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

class AllAtOnce {
  static readonly $inject: string[] = []

  preExecute({ run }: { run: () => void }): void {
    run()
  }
}

class Commands {
  static readonly $inject = ['commandStack']

  constructor(commandStack: Services['commandStack']) {
    commandStack.registerHandler(APPLY_SETTINGS, ApplySettings)
    commandStack.registerHandler(ALL_AT_ONCE, AllAtOnce)
  }
}

/** The module to give to bpmn-js. */
export const commandsModule = { __init__: ['kapokCommands'], kapokCommands: ['type', Commands] }
