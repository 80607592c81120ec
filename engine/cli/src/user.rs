//! `kapok user`: people and their ways in, for whoever has the folder of data.

use std::{io::Read, process::ExitCode};

use crate::{
    commands::{User, UserAction},
    data, demo,
};

/// Adds a person, sets a password, or makes a token.
pub(crate) fn user(options: User) -> Result<ExitCode, String> {
    let kapok = data::open_at_rest(&options.data)?;
    let told = |error: kapok::Error| error.to_string();
    match options.action {
        UserAction::Add {
            login,
            name,
            mut roles,
            administrator,
            password_stdin,
        } => {
            if administrator {
                roles.push("administrator".to_owned());
            }
            let password = password(password_stdin)?;
            kapok
                .add_person(&login, name.as_deref().unwrap_or(&login), &roles)
                .map_err(told)?;
            set_password(&kapok, &login, password)?;
        }
        UserAction::Password { login, password_stdin } => {
            let password = password(password_stdin)?;
            set_password(&kapok, &login, password)?;
        }
        UserAction::Token { login, label, topics } => {
            let token = match topics.as_slice() {
                [] => kapok.create_token(&login, &label),
                topics => kapok.create_worker_token(&login, &label, topics),
            };
            println!("{}", token.map_err(told)?.reveal());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A password: one that was handed in, or a new one.
enum Password {
    Given(String),
    Drawn(String),
}

fn password(from_stdin: bool) -> Result<Password, String> {
    if !from_stdin {
        return demo::random_text().map(Password::Drawn);
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| format!("standard input: {error}"))?;
    Ok(Password::Given(text.lines().next().unwrap_or_default().to_owned()))
}

fn set_password(kapok: &kapok::Kapok, login: &str, password: Password) -> Result<(), String> {
    let (Password::Given(text) | Password::Drawn(text)) = &password;
    kapok.set_password(login, text).map_err(|error| error.to_string())?;
    if let Password::Drawn(text) = &password {
        println!("{text}");
    }
    Ok(())
}
