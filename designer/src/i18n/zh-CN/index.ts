import admin from './admin'
import app from './app'
import desk from './desk'
import flow from './flow'
import forms from './forms'

export default { app, desk, admin, forms, flow }
