//! Asking a plugin's identity sources.

use super::Session;
use crate::{
    Call, CameBack, IdentitySource, OrganisationPart, PluginFault, SignInCall, SignInFailure, TechnicalFailure,
    bindings::kapok::plugin::types, identity,
};

impl Session {
    /// Asks the plugin where the browser of somebody who wants to sign in is sent.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn sign_in_address(
        &mut self,
        call: &Call,
        sign_in: &SignInCall,
    ) -> Result<Result<String, TechnicalFailure>, PluginFault> {
        let run = self.reading(format!("sign-in-address {}", sign_in.source));
        self.declared(self.source(&sign_in.source).is_some_and(|source| source.sign_in), &run)?;
        let wire = types::SignIn {
            source: sign_in.source.clone(),
            return_to: sign_in.return_to.clone(),
            state: sign_in.state.clone(),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_sign_in_address(store, &wire),
            |result, _| match result {
                Ok(address) => Ok(Ok(identity::address(address)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )?;
        Ok(done.answer)
    }

    /// Asks the plugin who signed in: the other side's id.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn who_signed_in(
        &mut self,
        call: &Call,
        came_back: &CameBack,
    ) -> Result<Result<String, SignInFailure>, PluginFault> {
        let mut run = self.reading(format!("who-signed-in {}", came_back.source));
        run.purpose.key = Some(came_back.key.clone());
        self.declared(
            self.source(&came_back.source).is_some_and(|source| source.sign_in),
            &run,
        )?;
        let wire = types::CameBack {
            source: came_back.source.clone(),
            return_to: came_back.return_to.clone(),
            query: came_back.query.clone(),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_who_signed_in(store, &wire),
            |result, _| match result {
                Ok(identity) => Ok(Ok(identity::who(identity)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )?;
        Ok(done.answer)
    }

    /// Asks the plugin for some of the departments and people of a source.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn read_organisation(
        &mut self,
        call: &Call,
        source: &str,
        from: Option<&str>,
        key: &str,
    ) -> Result<Result<OrganisationPart, TechnicalFailure>, PluginFault> {
        let mut run = self.job(format!("read-organisation {source}"), key);
        run.purpose.changes = false;
        self.declared(self.source(source).is_some_and(|source| source.organisation), &run)?;
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_read_organisation(store, source, from),
            |result, _| match result {
                Ok(part) => Ok(Ok(identity::part(part)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )?;
        Ok(done.answer)
    }

    fn source(&self, name: &str) -> Option<&IdentitySource> {
        self.plugin.manifest().identity_sources.get(name)
    }
}
