//! From the manifest to a client of an org: secrets come from the environment variables it names.

use secrecy::SecretString;
use tidegate_project::manifest::{Login as Declared, Manifest, OrgSection, Variable};
use tidegate_salesforce::ApiVersion;
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::oauth::{Grant, Login};

use crate::failure::Failure;

/// A client of an org by its name in the manifest; nothing is sent yet.
pub(crate) fn named(manifest: &Manifest, name: &str) -> Result<Client, Failure> {
    let org = manifest.org.get(name).ok_or_else(|| {
        let names: Vec<String> = manifest.org.keys().map(|name| format!("`{name}`")).collect();
        Failure::usage(
            format!("tidegate.toml has no `[org.{name}]`"),
            format!("it has {}; name one of these, or add that section", names.join(", ")),
        )
    })?;
    client(settings(name, org)?)
}

/// How to reach the org of a section.
pub(crate) fn settings(name: &str, org: &OrgSection) -> Result<Settings, Failure> {
    let bad = |key: &str, what: String| {
        Failure::input(format!("tidegate.toml: `org.{name}.{key}`: {what}"), "")
    };
    let url =
        org.login_url.as_str().parse().map_err(|error| bad("login_url", format!("{error}")))?;
    let mut settings = Settings::new(Login { url, grant: grant(name, &org.login)? });
    if let Some(version) = &org.api_version {
        let version = ApiVersion::new(version).map_err(|e| bad("api_version", e.to_string()))?;
        settings.api_version = Some(version);
    }
    Ok(settings)
}

/// A client of the org; nothing is sent yet.
pub(crate) fn client(settings: Settings) -> Result<Client, Failure> {
    Client::new(settings).map_err(|error| Failure::world(error.to_string(), ""))
}

fn grant(name: &str, login: &Declared) -> Result<Grant, Failure> {
    let read = |variable: &Variable| from_environment(name, variable);
    Ok(match login {
        Declared::JwtBearer { consumer_key_env, username_env, private_key_env, audience } => {
            Grant::JwtBearer {
                consumer_key: read(consumer_key_env)?,
                username: read(username_env)?,
                private_key: SecretString::from(read(private_key_env)?),
                audience: audience.clone(),
            }
        }
        Declared::ClientCredentials { consumer_key_env, consumer_secret_env } => {
            Grant::ClientCredentials {
                consumer_key: read(consumer_key_env)?,
                consumer_secret: SecretString::from(read(consumer_secret_env)?),
            }
        }
    })
}

/// The value of a variable that the manifest names.
pub(crate) fn from_environment(whose: &str, variable: &Variable) -> Result<String, Failure> {
    let variable = variable.as_str();
    match std::env::var(variable) {
        Ok(value) if !value.trim().is_empty() => Ok(value),
        _ => Err(Failure::input(
            format!("the environment variable `{variable}`, which `{whose}` needs, is not set"),
            "tidegate.toml names it; set it where this command runs",
        )),
    }
}
