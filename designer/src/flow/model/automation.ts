/** The settings of the steps that nobody does: plugin work, messages, scripts. */
import { readRules, writeRules, type AssigneeRule } from './assignees'
import { extension, withExtensions } from './extensions'
import { readInputs, writeInputs, type Inputs } from './inputs'
import { child, flag, integer, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { CHANNELS, type Channel } from './reminders'
import { readRequest, writeRequest, type HttpRequest } from './requests'

/** Work of a plugin. */
export interface Handler {
  /** `plugin.handler` */
  name: string
  /** rhai expressions by input. */
  inputs: Inputs
  /** The variable that receives all it answers. */
  result?: string
  retries?: number
  /** Whether programs outside fetch it; then the name is its topic. */
  external?: boolean
}

/** A step that tells people something. */
export interface Message {
  channel: Channel
  to: AssigneeRule[]
  title: string
  text: string
  /** The SMS template, by our name for it. */
  template?: string
}

/** What a service task does: one of these, or nothing yet. */
export type ServiceWork =
  | { kind: 'handler'; handler: Handler }
  | { kind: 'message'; message: Message }
  | { kind: 'request'; request: HttpRequest }
  | undefined

/** Reads what a service task does. */
export function readServiceWork(task: ModdleElement): ServiceWork {
  const message = extension(task, 'kapok:Message')
  if (message) return { kind: 'message', message: readMessage(message) }
  const request = extension(task, 'kapok:Request')
  if (request) return { kind: 'request', request: readRequest(request) }
  const handler = extension(task, 'kapok:Handler')
  return handler && { kind: 'handler', handler: readHandler(handler) }
}

/** Writes what a service task does. */
export function writeServiceWork(factory: Factory, task: ModdleElement, work: ServiceWork): Edit {
  return withExtensions(factory, task, {
    'kapok:Message': work?.kind === 'message' ? writeMessage(factory, work.message) : undefined,
    'kapok:Handler': work?.kind === 'handler' ? writeHandler(factory, work.handler) : undefined,
    'kapok:Request': work?.kind === 'request' ? writeRequest(factory, work.request) : undefined,
  })
}

function readHandler(handler: ModdleElement): Handler {
  const result = text(handler, 'result')
  const retries = integer(handler, 'retries')
  return {
    name: text(handler, 'name') ?? '',
    inputs: readInputs(handler),
    ...(result !== undefined && { result }),
    ...(retries !== undefined && { retries }),
    ...(flag(handler, 'external') && { external: true }),
  }
}

function writeHandler(factory: Factory, { name, inputs, result, retries, external }: Handler): ModdleElement {
  return make(factory, 'kapok:Handler', {
    name,
    result,
    retries,
    external: external ? true : undefined,
    inputs: writeInputs(factory, inputs),
  })
}

function readMessage(message: ModdleElement): Message {
  const template = text(message, 'template')
  return {
    channel: CHANNELS.find((channel) => channel === text(message, 'channel')) ?? 'page',
    to: readRules(child(message, 'to')),
    title: text(message, 'title') ?? '',
    text: text(child(message, 'text'), 'body') ?? '',
    ...(template !== undefined && { template }),
  }
}

function writeMessage(factory: Factory, message: Message): ModdleElement {
  return make(factory, 'kapok:Message', {
    channel: message.channel,
    title: message.title,
    template: message.channel === 'sms' ? message.template || undefined : undefined,
    to: writeRules(factory, 'kapok:To', message.to),
    text: make(factory, 'kapok:Text', { body: message.text }),
  })
}

/** A script in rhai. */
export interface Script {
  source: string
  /** The variable that receives the script's value. */
  result: string
}

/** Reads a script task. */
export function readScript(task: ModdleElement): Script {
  return {
    source: text(task, 'script') ?? '',
    result: text(extension(task, 'kapok:Result'), 'variable') ?? '',
  }
}

/** Writes a script task. */
export function writeScript(factory: Factory, task: ModdleElement, { source, result }: Script): Edit {
  const variable = result.trim()
  const edit = withExtensions(factory, task, {
    'kapok:Result': variable === '' ? undefined : make(factory, 'kapok:Result', { variable }),
  })
  return { target: task, properties: { ...edit.properties, scriptFormat: 'rhai', script: source } }
}
