//! Signing in: passwords, browsers' sessions, programs' tokens. Only hashes are kept.

use std::sync::OnceLock;

use argon2::{
    Argon2, PasswordVerifier,
    password_hash::{PasswordHasher, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kapok_process::Directory;
use kapok_protocol::{PersonId, Principal, Refusal, RefusalKind};
use kapok_tables::{Credential, Queries, Session, Token};

use crate::{Error, Kapok, Staff, Worker};

/// How long a session lasts, in milliseconds.
const SESSION_MILLIS: i64 = 12 * 3_600_000;
/// Passwords of other lengths, in bytes, are refused before they cost anything.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=128;

/// A secret that is shown once and never again; only its hash is kept.
pub struct Secret(String);

impl Secret {
    /// A new one, of 256 random bits.
    pub fn draw() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::Data(format!("no randomness to be had: {error}")))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret's text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Kapok {
    /// Signs a person in: a handle, and the secret for the browser's cookie. Slow on purpose; not for the writer, and on
    /// an async server not for its threads.
    pub fn sign_in(&self, login: &str, password: &str) -> Result<(Staff, Secret), Error> {
        let wrong = || {
            Error::from(Refusal::new(
                RefusalKind::Forbidden,
                "session.wrong",
                "用户名或密码不对。",
                "The name or the password is wrong.",
            ))
        };
        if password.len() > *PASSWORD.end() || login.len() > 128 {
            return Err(wrong());
        }
        let person = self.shared.organisation().person(login);
        let credential = match person {
            Some(person) => Queries(&self.shared.store.view()).credential(person)?,
            None => None,
        };
        // An unknown name costs as much as a wrong password, so that names cannot be told apart by time.
        let hash = match &credential {
            Some(credential) => credential.password_hash.as_str(),
            None => nobodys_hash(),
        };
        let right = PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        let (Some(credential), true) = (credential, right) else {
            return Err(wrong());
        };
        let staff = self.staff(credential.person)?;
        let secret = self.begin_session(credential.person)?;
        Ok((staff, secret))
    }

    /// Begins a session of somebody who has shown who they are.
    pub(crate) fn begin_session(&self, person: PersonId) -> Result<Secret, Error> {
        let secret = Secret::draw()?;
        let hash = hash_of(secret.reveal());
        self.writer
            .submit(move |step| {
                let expires_at = step.now.plus_millis(SESSION_MILLIS);
                Ok(step.tx.put_session(&Session {
                    hash,
                    person,
                    created_at: step.now,
                    expires_at,
                })?)
            })
            .wait()?;
        Ok(secret)
    }

    /// The person of a browser's session, while it lasts.
    pub fn session(&self, secret: &str) -> Result<Option<Staff>, Error> {
        let view = self.shared.store.view();
        let queries = Queries(&view);
        let session = queries.session(&hash_of(secret))?;
        let Some(session) = session.filter(|session| session.expires_at > self.shared.clock.now()) else {
            return Ok(None);
        };
        // A new password ends what was begun with the old one.
        let changed_at = queries
            .credential(session.person)?
            .map(|credential| credential.changed_at);
        if changed_at.is_some_and(|changed_at| changed_at > session.created_at) {
            return Ok(None);
        }
        Ok(self.staff(session.person).ok())
    }

    /// Ends a session.
    pub fn sign_out(&self, secret: &str) -> Result<(), Error> {
        let hash = hash_of(secret);
        self.writer
            .submit(move |step| Ok(step.tx.delete_session(&hash)?))
            .wait()
    }

    /// The person in whose name a program acts.
    pub fn token(&self, secret: &str) -> Result<Option<Staff>, Error> {
        let token = Queries(&self.shared.store.view()).token(&hash_of(secret))?;
        let token = token.filter(|token| token.topics.is_empty());
        Ok(token.and_then(|token| self.staff(token.person).ok()))
    }

    /// The outside worker that a token was made for.
    pub fn worker(&self, secret: &str) -> Result<Option<Worker>, Error> {
        let token = Queries(&self.shared.store.view()).token(&hash_of(secret))?;
        let token = token.filter(|token| !token.topics.is_empty());
        // Whoever answers for it must still work here.
        let token = token.filter(|token| self.staff(token.person).is_ok());
        Ok(token.map(|token| {
            let topics = token.topics.into_iter().collect();
            Worker::new(self.clone(), Some(topics), Principal::Person(token.person))
        }))
    }

    /// Makes a token for an outside worker, good for fetching the jobs of these topics and for nothing else. The person
    /// answers for it.
    pub fn create_worker_token(&self, login: &str, label: &str, topics: &[String]) -> Result<Secret, Error> {
        if topics.is_empty() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "token.topics",
                "请写明这个令牌可以领取哪些主题。",
                "Say which topics the token may fetch.",
            )
            .into());
        }
        self.make_token(login, label, topics)
    }

    /// Makes a token for a program that acts in a person's name.
    pub fn create_token(&self, login: &str, label: &str) -> Result<Secret, Error> {
        self.make_token(login, label, &[])
    }

    fn make_token(&self, login: &str, label: &str, topics: &[String]) -> Result<Secret, Error> {
        let person = self.person(login)?;
        let secret = Secret::draw()?;
        let (hash, label, topics) = (hash_of(secret.reveal()), label.to_owned(), topics.to_vec());
        self.writer
            .submit(move |step| {
                let created_at = step.now;
                Ok(step.tx.put_token(&Token {
                    hash,
                    person,
                    label,
                    created_at,
                    topics,
                })?)
            })
            .wait()?;
        Ok(secret)
    }

    /// Sets a person's password.
    pub fn set_password(&self, login: &str, password: &str) -> Result<(), Error> {
        if !PASSWORD.contains(&password.len()) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "password.length",
                "密码需要 8 到 128 个字符。",
                "A password has 8 to 128 characters.",
            )
            .at("password")
            .into());
        }
        let person = self.person(login)?;
        let password_hash = hash_password(password)?;
        self.writer
            .submit(move |step| {
                let changed_at = step.now;
                Ok(step.tx.put_credential(&Credential {
                    person,
                    password_hash,
                    changed_at,
                })?)
            })
            .wait()
    }

    fn person(&self, login: &str) -> Result<PersonId, Error> {
        let person = self.shared.organisation().person(login);
        person.ok_or_else(|| Error::not_found("人员", "person"))
    }
}

pub(crate) fn hash_password(password: &str) -> Result<String, Error> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Data(format!("the password cannot be hashed: {error}")))
}

/// A hash that no password has.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        Secret::draw()
            .and_then(|secret| hash_password(secret.reveal()))
            .unwrap_or_default()
    })
}

/// Secrets are 256 random bits, so a fast hash is enough.
fn hash_of(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}
