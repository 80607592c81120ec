//! A plugin that is ready to be called.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::{PersonId, Refusal, Text, Value};
use wasmtime::Engine;

use crate::{
    ActionCall, AfterSave, Call, CameBack, Capabilities, ChannelFailure, ChannelMessage, Done, Limits, Manifest,
    PluginFault, Receipt, ReportCall, RuleCall, Save, ServiceFailure, ServiceJob, Session, SignInCall, SignInFailure,
    TechnicalFailure, bindings::PluginPre, imports::State,
};

/// A plugin that is ready to be called. Clones share everything.
///
/// Each of its calls has a fresh instance; [`Plugin::session`] gives one that is used again. Calls block the thread until
/// the plugin answers or its time is up, so an async caller puts them on a thread of their own and never drops them
/// half-way.
#[derive(Clone)]
pub struct Plugin(Arc<Inner>);

struct Inner {
    manifest: Manifest,
    granted: Capabilities,
    program: Option<Program>,
    limits: Limits,
}

/// A compiled component whose imports are resolved.
pub(crate) struct Program {
    pub engine: Engine,
    pub prepared: PluginPre<State>,
}

/// What a call that may be refused gives.
pub type Refusable<T> = Result<Result<T, Vec<Refusal>>, PluginFault>;

impl Plugin {
    pub(crate) fn new(manifest: Manifest, granted: Capabilities, program: Option<Program>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            manifest,
            granted,
            program,
            limits,
        }))
    }

    /// What the plugin says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// What it may do: what the manifest asks for and the administrator grants.
    pub fn granted(&self) -> &Capabilities {
        &self.0.granted
    }

    /// Whether it is the very same plugin, not another version of it.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn program(&self) -> Option<&Program> {
        self.0.program.as_ref()
    }

    /// An instance that several calls of one principal share, within one command or one import.
    pub fn session(&self) -> Session {
        Session::new(self.clone())
    }

    /// See [`Session::before_save`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn before_save(&self, call: &Call, save: &Save) -> Refusable<BTreeMap<String, Value>> {
        self.session().before_save(call, save)
    }

    /// See [`Session::after_save`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn after_save(
        &self,
        call: &Call,
        saved: &AfterSave,
    ) -> Result<Result<Done<()>, TechnicalFailure>, PluginFault> {
        self.session().after_save(call, saved)
    }

    /// See [`Session::run_action`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_action(&self, call: &Call, action: &ActionCall) -> Refusable<Done<Option<Text>>> {
        self.session().run_action(call, action)
    }

    /// See [`Session::run_service`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_service(
        &self,
        call: &Call,
        job: &ServiceJob,
    ) -> Result<Result<Done<BTreeMap<String, Value>>, ServiceFailure>, PluginFault> {
        self.session().run_service(call, job)
    }

    /// See [`Session::find_assignees`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn find_assignees(
        &self,
        call: &Call,
        rule: &RuleCall,
    ) -> Result<Result<Vec<PersonId>, TechnicalFailure>, PluginFault> {
        self.session().find_assignees(call, rule)
    }

    /// See [`Session::run_report`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_report(&self, call: &Call, report: &ReportCall) -> Refusable<Vec<Vec<Value>>> {
        self.session().run_report(call, report)
    }

    /// See [`Session::send`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn send(&self, call: &Call, message: &ChannelMessage) -> Result<Result<Receipt, ChannelFailure>, PluginFault> {
        self.session().send(call, message)
    }

    /// See [`Session::sign_in_address`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn sign_in_address(
        &self,
        call: &Call,
        sign_in: &SignInCall,
    ) -> Result<Result<String, TechnicalFailure>, PluginFault> {
        self.session().sign_in_address(call, sign_in)
    }

    /// See [`Session::who_signed_in`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn who_signed_in(
        &self,
        call: &Call,
        came_back: &CameBack,
    ) -> Result<Result<String, SignInFailure>, PluginFault> {
        self.session().who_signed_in(call, came_back)
    }

    /// See [`Session::run_schedule`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_schedule(
        &self,
        call: &Call,
        name: &str,
        key: &str,
    ) -> Result<Result<Done<()>, TechnicalFailure>, PluginFault> {
        self.session().run_schedule(call, name, key)
    }

    /// See [`Session::migrate`].
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn migrate(
        &self,
        call: &Call,
        from: &str,
        position: Option<&str>,
        key: &str,
    ) -> Result<Result<Done<Option<String>>, TechnicalFailure>, PluginFault> {
        self.session().migrate(call, from, position, key)
    }
}
