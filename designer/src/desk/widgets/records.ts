/** What the widgets that show records have in common. */
import { computed, type ComputedRef } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { useLoad, type Loaded } from '@/api/load'
import type { Widget } from '@/api/pluginPages'
import type { EntityView, Field, Json } from '@/api/types'
import { useEntities } from '@/app/entities'
import { parseFilter, type Filter } from '@/flow/model/filter'
import { allFields } from '@/grid/fields'
import { filterText } from '@/grid/state'

export const asFilter = (filter: Json): Filter | null => (filter ? (parseFilter(JSON.stringify(filter)) ?? null) : null)

/** The definition of the entity, and the columns that the widget names or the entity has. */
export function useEntity(of: () => { entity: string; columns?: readonly string[] }): {
  entity: Loaded<EntityView>
  columns: ComputedRef<Field[]>
  field: (id: string | null) => Field | undefined
} {
  const entities = useEntities()
  const entity = useLoad(() => entities.view(of().entity))
  void entity.reload()
  const fields = computed(() => (entity.data.value ? allFields(entity.data.value) : []))
  const field = (id: string | null) => fields.value.find((one) => one.id === id)
  const columns = computed(() => {
    const named = of().columns ?? []
    const wanted = named.length > 0 ? named : (entity.data.value?.list ?? [])
    return wanted.flatMap((id) => field(id) ?? [])
  })
  return { entity, columns, field }
}

/** The list that a widget shows a part of. */
export function wholeOf(widget: Widget): RouteLocationRaw | undefined {
  if (!('filter' in widget)) return undefined
  const filter = filterText(asFilter(widget.filter))
  const view = 'view' in widget ? widget.view : null
  const query = view ? { view } : filter ? { filter } : {}
  return { name: 'records', params: { entity: widget.entity }, query }
}
