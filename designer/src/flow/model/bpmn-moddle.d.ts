declare module 'bpmn-moddle' {
  import type { Factory, ModdleElement, Read } from '@/flow/model/moddle'

  /** The package ships types of the BPMN objects only, not of its entry point. */
  export class BpmnModdle implements Factory {
    constructor(packages?: Record<string, object>)
    create(type: string, properties?: Record<string, unknown>): ModdleElement
    createAny(name: string, uri: string, properties?: Record<string, unknown>): ModdleElement
    fromXML(xml: string): Promise<Read>
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>
  }
}
