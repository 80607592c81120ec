// Parcels: their numbers are checked before they are saved, and an action delivers them.
//
// A function answers by returning, and refuses by throwing what the contract names as its error. Ids are BigInts, what may be
// missing is undefined, names are in camel case.

import { update } from 'kapok:plugin/records@0.2.0';

import { isNumber } from './number.js';

const PARCEL = 'parcels.parcel';

/** Checks a parcel before it is saved, and writes its number as it is printed. */
export function beforeSave(_actor, save) {
  const fields = JSON.parse(save.after);
  const number = String(fields.number ?? '')
    .replaceAll(' ', '')
    .toUpperCase();
  if (!isNumber(number)) {
    throw [
      {
        code: 'parcels.number',
        text: {
          zh: '单号有误：应为两个字母加十位数字，最后一位是校验码。请对照面单核对。',
          en: 'The number is wrong: it is two letters and ten digits, the last of which checks the others. Compare it with the label.',
        },
        field: 'number',
      },
    ];
  }
  return JSON.stringify({ ...fields, number });
}

/** Marks a parcel as delivered. */
export function runAction(_actor, action) {
  const { taken_by } = JSON.parse(action.inputs);
  update({ entity: PARCEL, id: action.record.id }, JSON.stringify({ status: 'delivered', taken_by }));
  return { text: { zh: '包裹已送达。', en: 'The parcel is delivered.' } };
}

// The contract has more. What plugin.toml does not declare is never called.
export function afterSave() {}

export function runService() {
  return '{}';
}

export function findAssignees() {
  return [];
}

export function runReport() {
  return [];
}

export function sendMessage() {
  throw { tag: 'refused', val: { zh: '没有这个渠道。', en: 'There is no such channel.' } };
}

export function runSchedule() {}

export function migrateData() {}

export function signInAddress() {
  throw { message: 'there is no such identity source', retry: false };
}

export function whoSignedIn() {
  throw { tag: 'failed', val: { message: 'there is no such identity source', retry: false } };
}

export function readOrganisation() {
  return { departments: [], people: [] };
}
