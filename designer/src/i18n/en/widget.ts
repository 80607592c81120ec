export default {
  gone: 'There is no such page',
  goneHint: 'Its plugin may have been switched off, or the page is not for you.',
  all: 'Show all',
  allOf: 'Show all: {title}',
  more: 'Only the first {n} are shown here.',
  nothing: 'None',
  saved: 'Saved:',
  strayed: "The plugin's page has left its own address and is no longer shown. Reload; if it happens again, tell an administrator.",
}
