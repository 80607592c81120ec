declare module 'bpmn-moddle' {
  import type { Factory, ModdleElement } from '@/flow/model/moddle'

  /** The package ships types of the BPMN objects only, not of its entry point. */
  export class BpmnModdle implements Factory {
    constructor(packages?: Record<string, object>)
    create(type: string, properties?: Record<string, unknown>): ModdleElement
    fromXML(xml: string): Promise<{ rootElement: ModdleElement; warnings: { message: string }[] }>
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>
  }
}
