/** A workbook of Excel with one sheet, as small as it can be. */
import { crc32 } from 'node:zlib'

type Cell = string | number | Date

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const FORMATS = 'http://schemas.openxmlformats.org'
/** Excel counts days from here. */
const FIRST_DAY = Date.UTC(1899, 11, 30)
const DAY = 86_400_000

/** The rows of a sheet: texts, numbers, and days as Excel keeps them. */
export function workbook(rows: readonly (readonly Cell[])[]): Buffer {
  const relation = (id: number, type: string, target: string) =>
    `<Relationship Id="r${id}" Type="${FORMATS}/officeDocument/2006/relationships/${type}" Target="${target}"/>`
  const relations = (...all: string[]) => `${XML}<Relationships xmlns="${FORMATS}/package/2006/relationships">${all.join('')}</Relationships>`
  const main = `xmlns="${FORMATS}/spreadsheetml/2006/main"`
  const kind = (part: string, type: string) =>
    `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`
  return archive({
    '[Content_Types].xml':
      `${XML}<Types xmlns="${FORMATS}/package/2006/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `${kind('/xl/workbook.xml', 'sheet.main')}${kind('/xl/worksheets/sheet1.xml', 'worksheet')}${kind('/xl/styles.xml', 'styles')}</Types>`,
    '_rels/.rels': relations(relation(1, 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml':
      `${XML}<workbook ${main} xmlns:r="${FORMATS}/officeDocument/2006/relationships">` +
      '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relations(relation(1, 'worksheet', 'worksheets/sheet1.xml'), relation(2, 'styles', 'styles.xml')),
    // The second format is that of a day.
    'xl/styles.xml': `${XML}<styleSheet ${main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `${XML}<worksheet ${main}><sheetData>${rows.map(sheetRow).join('')}</sheetData></worksheet>`,
  })
}

function sheetRow(cells: readonly Cell[], row: number): string {
  const written = cells.map((cell, column) => {
    const at = `r="${String.fromCharCode(65 + column)}${row + 1}"`
    if (cell === '') return ''
    if (typeof cell === 'number') return `<c ${at}><v>${cell}</v></c>`
    if (cell instanceof Date) return `<c ${at} s="1"><v>${(cell.getTime() - FIRST_DAY) / DAY}</v></c>`
    return `<c ${at} t="inlineStr"><is><t>${cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`
  })
  return `<row r="${row + 1}">${written.join('')}</row>`
}

/** A ZIP archive of files that are not compressed. */
function archive(files: Record<string, string>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const [path, content] = [Buffer.from(name), Buffer.from(text)]
    // Version, flags, method, time and day (the first there is), checksum, both sizes, length of the name, nothing more.
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE(0x21, 8)
    about.writeUInt32LE(crc32(content), 10)
    about.writeUInt32LE(content.length, 14)
    about.writeUInt32LE(content.length, 18)
    about.writeUInt16LE(path.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const part = Buffer.concat([Buffer.from('PK\x03\x04'), about, path, content])
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), about, place, path)
    parts.push(part)
    offset += part.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  const count = Object.keys(files).length
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}
