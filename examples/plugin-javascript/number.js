// The number of a parcel: two letters, nine digits, and a digit that checks them.

const FORM = /^[A-Z]{2}\d{10}$/;

/** Whether it is one: the digits times 1, 3, 1, 3, … add up to a multiple of ten. */
export function isNumber(text) {
  if (!FORM.test(text)) return false;
  const digits = [...text.slice(2)].map(Number);
  const sum = digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
