//! The demonstration: a sample company, two processes, and messages that lie in a folder instead of leaving.

use std::path::Path;

use kapok::{DEMO_PASSWORD, Kapok, MailSettings, notify::Transport};

use crate::built_in;

/// An hour passes in six seconds: time enough to look, little enough to wait.
pub(crate) const SHORTEN: u32 = 600;
/// Where the data lie unless it is said.
pub(crate) const FOLDER: &str = "kapok-demo-data";

/// Mail as files in a folder.
pub(crate) fn mail(folder: &Path) -> MailSettings {
    MailSettings {
        transport: Transport::Folder(folder.to_owned()),
        from: "Kapok <kapok@example.com>".to_owned(),
        host: "example.com".to_owned(),
    }
}

/// Fills an engine that has nobody in it.
pub(crate) fn fill(kapok: &Kapok) -> Result<(), String> {
    if kapok.has_company() {
        return Ok(());
    }
    let told = |error: kapok::Error| format!("the sample company: {error}");
    kapok.load_company(&built_in::COMPANY, DEMO_PASSWORD).map_err(told)?;
    for xml in built_in::WORKFLOWS {
        kapok.deploy(xml).map_err(told)?;
    }
    Ok(())
}

/// Says whom to sign in as.
pub(crate) fn introduce(kapok: &Kapok, mail: &Path, sms: &Path) {
    println!("\nSign in as (password for everybody: {DEMO_PASSWORD})");
    for person in kapok.demo_people() {
        println!("  {:<16} {}  {}", person.login, person.name, person.role);
    }
    println!(
        "\nMail that was sent lies in {}, SMS in {}.",
        mail.display(),
        sms.display()
    );
    println!("Times in processes are shortened: an hour passes in six seconds.");
}

/// 120 random bits as text.
pub(crate) fn random_text() -> Result<String, String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness to be had: {error}"))?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}
