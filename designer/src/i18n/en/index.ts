import type { Messages } from '../keys'
import admin from './admin'
import app from './app'
import desk from './desk'
import flow from './flow'
import forms from './forms'

const en: Messages = { app, desk, admin, forms, flow }
export default en
