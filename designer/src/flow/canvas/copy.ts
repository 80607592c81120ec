/**
 * Copying and replacing keep what bpmn-js would leave behind: references to variables, and the settings of
 * other engines, for which there is no vocabulary here. Model objects are never changed but replaced, so a
 * copy can share them.
 */
import type { ModdleElement } from '../model/moddle'
import type { Services } from './services'

const VARIABLES = ['loopDataInputRef', 'loopDataOutputRef']
const ABOVE_BPMN = 1500

class Copy {
  static readonly $inject = ['eventBus']

  constructor(eventBus: Services['eventBus']) {
    eventBus.on(
      'moddleCopy.canCopyProperty',
      ABOVE_BPMN,
      ({ property, propertyName }: { property: unknown; propertyName?: string }) =>
        (propertyName !== undefined && VARIABLES.includes(propertyName)) || isGeneric(property) ? property : undefined,
    )
  }
}

function isGeneric(value: unknown): value is ModdleElement {
  if (typeof value !== 'object' || value === null || !('$descriptor' in value)) return false
  const { $descriptor } = value
  return typeof $descriptor === 'object' && $descriptor !== null && 'isGeneric' in $descriptor && $descriptor.isGeneric === true
}

/** The module to give to bpmn-js. */
export const copyModule = { __init__: ['kapokCopy'], kapokCopy: ['type', Copy] }
