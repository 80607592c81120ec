/** A first password that can be read out on the telephone: no letters that look alike. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

export function newPassword(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(12))
  return Array.from(numbers, (number) => letters[number % letters.length]).join('')
}
