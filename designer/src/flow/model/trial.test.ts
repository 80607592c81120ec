import { expect, it } from 'vitest'
import { NEW_REQUEST, type HttpRequest } from './requests'
import { moddle } from './testing'
import { neededValues, requestXml, sampleValues, type ElementWriter } from './trial'

const request = (part: Partial<HttpRequest>): HttpRequest => ({ ...NEW_REQUEST, ...part })

it('knows which values a request speaks of', () => {
  const drawn = request({
    url: 'https://erp.example.com/{record.number}/{kind}',
    query: [{ name: 'q', value: 'if total > 10 { "no.name" } else { record.number }' }],
    headers: [
      { name: 'X', value: 'record.name.trim() + upper(code)' },
      { name: 'Authorization', value: '', secret: 'erp' },
    ],
    body: { type: 'json', value: '#{ amount: record.total * 2, note: "x: y" }' },
  })
  expect(neededValues(drawn)).toEqual(['record.number', 'kind', 'total', 'record.name', 'code', 'record.total'])
})

it('makes of what was typed the values that are meant', () => {
  const samples = [
    { name: 'record.number', value: '0012' },
    { name: 'record.phone', value: '110' },
    { name: 'record.lines', value: '[{"a":1}]' },
    { name: 'days', value: '3.5' },
    { name: 'urgent', value: 'true' },
    { name: 'note', value: 'true story' },
  ]
  expect(sampleValues(samples, (name) => name === 'record.phone')).toEqual({
    record: { number: '0012', phone: '110', lines: [{ a: 1 }] },
    days: 3.5,
    urgent: true,
    note: 'true story',
  })
})

it('writes a request as it stands in the file', async () => {
  const drawn = request({ method: 'PUT', url: 'https://a.example.com/{id}', query: [{ name: 'q', value: 'a < 1' }] })
  const xml = await requestXml(moddle as unknown as ElementWriter, moddle, drawn)
  expect(xml).toBe(
    '<kapok:request xmlns:kapok="urn:kapok:bpmn:1" method="PUT" url="https://a.example.com/{id}"><kapok:query name="q">a &lt; 1</kapok:query></kapok:request>',
  )
})
