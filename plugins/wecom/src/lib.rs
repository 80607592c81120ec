//! Signing in at 企业微信 (WeCom), and the departments and people of a company there. How it is set up is in `README.md`.

mod answer;
mod api;
mod organisation;

use kapok_plugin_sdk::{CameBack, Failure, Identity, OrganisationPart, Plugin, SignIn, SignInFailure, Text};

use api::Api;

struct WeCom;

impl Plugin for WeCom {
    fn sign_in_address(sign_in: SignIn) -> Result<String, Failure> {
        Ok(api::sign_in_page(
            &api::login_page(),
            &api::setting("corp_id")?,
            &api::setting("agent_id")?,
            &sign_in,
        ))
    }

    fn who_signed_in(came_back: CameBack) -> Result<Identity, SignInFailure> {
        let code = came_back
            .query
            .into_iter()
            .find(|(name, value)| name == "code" && !value.is_empty());
        // Without a code the person pressed "cancel".
        let Some((_, code)) = code else {
            return Err(SignInFailure::Refused(Text::new(
                "您没有在企业微信里确认登录。",
                "Signing in was not confirmed in WeCom.",
            )));
        };
        let api = Api::open()?;
        let answer = api.get("auth/getuserinfo", &[("code", &code)])?;
        answer::member(&answer?)
    }

    fn read_organisation(_: &str, from: Option<String>) -> Result<OrganisationPart, Failure> {
        let behind = organisation::position(from)?;
        let api = Api::open()?;
        let departments = organisation::departments(&api.get("department/list", &[])??)?;
        let (now, next) = organisation::portion(&departments, behind);
        let mut people = Vec::new();
        for department in now {
            let id = department.to_string();
            let answer = api.get("user/list", &[("department_id", &id)])??;
            people.extend(organisation::people(&answer, *department, &departments)?);
        }
        Ok(OrganisationPart {
            // All at once: there are a few thousand at most.
            departments: match behind {
                None => departments.outside(),
                Some(_) => Vec::new(),
            },
            people,
            next: next.map(|id| id.to_string()),
        })
    }
}

kapok_plugin_sdk::export!(WeCom);
