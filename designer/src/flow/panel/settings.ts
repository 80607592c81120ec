/** Reading and writing the settings of the selected element from a component. */
import { computed, type ComputedRef } from 'vue'
import { useEditor } from '../canvas/editor'
import type { CanvasElement } from '../canvas/services'
import type { Edit, Factory, ModdleElement } from '../model/moddle'

export interface Settings<Value> {
  value: ComputedRef<Value>
  /** Writes the settings as one step of undo. */
  write(next: Value): void
  /** Writes the settings with some of them changed. */
  change(part: Partial<Value>): void
}

/** Settings that are read from a model object whenever the process changes. */
export function useSettings<Value extends object>(
  element: () => CanvasElement,
  read: (object: ModdleElement) => Value,
  save: (factory: Factory, object: ModdleElement, value: Value) => Edit | Edit[],
): Settings<Value> {
  const editor = useEditor()
  const value = computed(() => {
    void editor.revision.value
    return read(editor.settingsOf(element()))
  })
  const write = (next: Value) => editor.apply(element(), save(editor.factory, editor.settingsOf(element()), next))
  return { value, write, change: (part) => write({ ...value.value, ...part }) }
}
