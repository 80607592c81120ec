/** The icons of the administration's pages, by what they mean there. */
export {
  ArrowDown as IconLower,
  ArrowUp as IconHigher,
  Edit as IconEdit,
  Grid as IconData,
  Key as IconRoles,
  Lock as IconLocked,
  OfficeBuilding as IconOrganisation,
  Upload as IconUpload,
} from '@element-plus/icons-vue'
