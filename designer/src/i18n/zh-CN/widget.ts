export default {
  gone: '没有这个页面',
  goneHint: '提供它的插件可能已经停用，或者这个页面不对您开放。',
  all: '查看全部',
  allOf: '查看全部：{title}',
  more: '这里只显示前 {n} 条。',
  nothing: '没有',
  saved: '已保存：',
  strayed: '插件的页面离开了它自己的地址，已停止显示。请刷新；如果再次出现，请告诉管理员。',
}
