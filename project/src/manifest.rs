//! `tidegate.toml`: the environment of a project. Secrets never stand in it; it names the
//! environment variables that hold them.

mod ai;
mod channel;
mod file_size;
mod place;
mod server;
mod suggest;
mod variable;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_compiler::analysis::Settings;

pub use ai::{AiSection, BudgetSection, Protocol, Provider, ProviderSection, Then};
pub use channel::{ChannelSection, ChatQueue, Deployment, Key, Length, UserVerification, Word};
pub use file_size::FileSize;
pub use place::{Endpoint, Listen, LoginUrl, Network, OperatorListen, Origin};
pub use server::{Limit, LimitsSection, ServerSection};
use suggest::HELP;
pub use suggest::ManifestError;
pub use variable::Variable;

/// A whole manifest. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `[project]`
    pub project: ProjectSection,
    /// `[org.NAME]`: the orgs that this project knows.
    #[serde(default)]
    pub org: BTreeMap<String, OrgSection>,
    /// `[messenger.NAME]`: where customers chat.
    #[serde(default)]
    pub messenger: BTreeMap<String, MessengerSection>,
    /// `[user]`: names that pushes use, bound to usernames of the org.
    #[serde(default)]
    pub user: BTreeMap<String, String>,
    /// `[channel.NAME]`: where agents chat.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channel: BTreeMap<String, ChannelSection>,
    /// `[ai]`: who detects, answers and summarises.
    #[serde(default, skip_serializing_if = "AiSection::is_default")]
    pub ai: AiSection,
    /// `[server]`
    #[serde(default)]
    pub server: ServerSection,
}

/// `[project]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectSection {
    /// The project's name, also its plan's: letters, digits, `-` and `_`.
    pub name: Name,
    /// The org that `schema/` is pulled from: a name of an `[org.NAME]`.
    pub org: String,
    /// The version of Tide that the sources are written in.
    #[serde(default)]
    pub tide: Tide,
    /// The languages that texts are declared in, as tags of BCP 47. The first is spoken where none of
    /// them is the visitor's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// Objects pulled beside Account, Case, Contact and User, for parent paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
}

/// A name that can stand in a file name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.is_empty() && text.len() <= 64 && text.chars().all(fits) {
            Ok(Self(text))
        } else {
            Err("a name is 1 to 64 letters, digits, `-` or `_`".to_owned())
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A version of the language. A project that does not say one is written in the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Tide {
    /// `tide = "1"`
    #[default]
    One,
}

impl TryFrom<String> for Tide {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "1" => Ok(Self::One),
            _ => Err(format!(
                "this program does not read Tide `{text}`{HELP}it reads Tide 1: write `tide = \"1\"` \
                 where the sources are written in it, or use the program that belongs to them"
            )),
        }
    }
}

impl From<Tide> for String {
    fn from(Tide::One: Tide) -> Self {
        "1".to_owned()
    }
}

/// A language: a tag of BCP 47 such as `de` or `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = text.split('-');
        let tongue = parts.next().unwrap_or_default();
        let is_tongue =
            (2..=3).contains(&tongue.len()) && tongue.chars().all(|c| c.is_ascii_lowercase());
        let is_part = |part: &str| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        };
        if is_tongue && parts.all(is_part) && text.len() <= 35 {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no language{HELP}write its tag, such as `de` or `pt-BR`"))
        }
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// `[org.NAME]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrgSection {
    /// Where logins go: `https://login.salesforce.com`, `https://test.salesforce.com`, or the org's
    /// My Domain, which client credentials need.
    pub login_url: LoginUrl,
    /// The Salesforce API version, such as `66.0`; the org's newest where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// How Tidegate logs in.
    pub login: Login,
}

/// How Tidegate logs in to an org. Every value is the name of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "flow", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Login {
    /// OAuth 2.0 JWT bearer.
    JwtBearer {
        /// Holds the external client app's consumer key.
        consumer_key_env: Variable,
        /// Holds the username that Tidegate works as.
        username_env: Variable,
        /// Holds the private RSA key, as PEM.
        private_key_env: Variable,
        /// The `aud` claim, where it is not the login address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audience: Option<String>,
    },
    /// OAuth 2.0 client credentials.
    ClientCredentials {
        /// Holds the external client app's consumer key.
        consumer_key_env: Variable,
        /// Holds its consumer secret.
        consumer_secret_env: Variable,
    },
}

/// `[messenger.NAME]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MessengerSection {
    /// The origins whose pages may embed it: `https://www.example.com`.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// Keys that sign visitors in; two at most, so that one can replace the other.
    #[serde(default)]
    pub identity: Vec<IdentityKey>,
    /// How large a file that a customer sends may be, in MB; left out, the runtime's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_file_mb: Option<FileSize>,
}

/// A key with which the site's server signs who a visitor is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityKey {
    /// The token header's `kid`.
    pub key_id: String,
    /// The one algorithm that this key is good for.
    pub algorithm: Algorithm,
    /// The environment variable that holds it: the secret, or the public key as PEM.
    pub key_env: Variable,
}

/// Signature algorithms for visitors' tokens (RFC 7518).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret.
    #[serde(rename = "HS256")]
    Hs256,
    /// RSA with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// The text is not TOML, lacks a key, has an unknown one, or contradicts itself; the error says
    /// where and what to write.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| ManifestError::from_toml(text, &error))?;
        manifest.consistent()?;
        Ok(manifest)
    }

    /// The org that `schema/` is pulled from.
    pub fn reference_org(&self) -> Option<&OrgSection> {
        self.org.get(&self.project.org)
    }

    /// What it tells the compiler.
    pub fn settings(&self) -> Settings {
        let channels = self.channel.iter();
        let languages = self.project.languages.iter().map(|its| its.as_str().to_owned());
        Settings {
            users: self.user.clone(),
            messengers: self.messenger.keys().cloned().collect(),
            channels: channels.map(|(name, its)| (name.clone(), its.lengths())).collect(),
            languages: languages.collect(),
        }
    }

    fn consistent(&self) -> Result<(), ManifestError> {
        if self.reference_org().is_none() {
            return Err(ManifestError::unknown_org(&self.project.org, self.org.keys()));
        }
        self.ai.consistent()?;
        let languages = &self.project.languages;
        let same = |one: &Language, other: &Language| one.0.eq_ignore_ascii_case(&other.0);
        let twice =
            |(at, one): &(usize, &Language)| languages[..*at].iter().any(|its| same(its, one));
        if let Some((_, language)) = languages.iter().enumerate().find(twice) {
            return Err(ManifestError::new(
                format!("`project.languages` names `{}` twice", language.as_str()),
                "keep one of the two",
            ));
        }
        for (name, messenger) in &self.messenger {
            if messenger.identity.len() > 2 {
                return Err(ManifestError::new(
                    format!("`messenger.{name}` has more than two identity keys"),
                    "keep the key in use and the one that replaces it",
                ));
            }
        }
        for (name, channel) in &self.channel {
            let verification = channel.user_verification.as_ref();
            if let Some(error) = verification.and_then(|its| its.contradicts(name, &self.messenger))
            {
                return Err(error);
            }
        }
        if self.server.country_header.is_some() && self.server.trusted_proxies.is_empty() {
            return Err(ManifestError::new(
                "`server.country_header` is set, and nobody is trusted to send it",
                "name the proxies that do in `trusted_proxies`, such as `[\"10.0.0.0/8\"]`",
            ));
        }
        if !self.server.store.starts_with("sqlite:") {
            return Err(ManifestError::new(
                format!("`{}` is no store that this version knows", self.server.store),
                "write `sqlite:` and a path, such as `sqlite:.tidegate/tidegate.db`",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
[project]
name = "support"
org = "production"

[org.production]
login_url = "https://acme.my.salesforce.com"
login = { flow = "client-credentials", consumer_key_env = "KEY", consumer_secret_env = "SECRET" }

[messenger.web]
origins = ["https://www.example.com"]
identity = [{ key_id = "2026-11", algorithm = "HS256", key_env = "IDENTITY" }]

[user]
desk_lead = "lead@acme.example"

[channel.web_support]
url = "https://acme.my.salesforce-scrt.com"
deployment = "Tidegate_Client"
queue = "Support_Chat"
parameters = { tier = 40, "AI Tone of Voice" = 255 }
"#;

    const IDENTITY: &str =
        "identity = [{ key_id = \"2026-11\", algorithm = \"HS256\", key_env = \"IDENTITY\" }]";
    const KEYS: &str = "issuer = \"i\", key_id = \"k\", key_env = \"CHAT\"";

    /// What takes the place of `queue =`.
    fn verified(keys: &str) -> String {
        format!("user_verification = {{ {keys} }}\nqueue =")
    }

    fn both() -> String {
        WHOLE.replace("queue =", &verified(KEYS))
    }

    #[test]
    fn customers_are_vouched_for_where_it_is_clear_whose_they_are() {
        let manifest = Manifest::parse(&both()).expect("a manifest");
        let verification = manifest.channel["web_support"].user_verification.as_ref();
        assert_eq!(verification.map(|its| its.issuer.as_str()), Some("i"));
        let named = format!("{KEYS}, messengers = [\"web\"]");
        let two = WHOLE.replace("queue =", &verified(&named));
        Manifest::parse(&format!("{two}[messenger.app]\n{IDENTITY}\n")).expect("a manifest");
    }

    fn refused(text: &str) -> String {
        let error = Manifest::parse(text).expect_err("this manifest is wrong");
        format!("{error}\nhelp: {}", error.help())
    }

    #[test]
    fn a_whole_manifest_is_read() {
        insta::assert_debug_snapshot!(Manifest::parse(WHOLE).expect("this manifest is right"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_a_suggestion() {
        insta::assert_snapshot!(refused(&WHOLE.replace("login_url", "login_uri")));
        insta::assert_snapshot!(refused(&WHOLE.replace("origins", "orgins")));
    }

    #[test]
    fn a_secret_is_named_by_its_variable() {
        let of_key = WHOLE.replace("key_env = \"IDENTITY\"", "key = \"abc\"");
        insta::assert_snapshot!(refused(&of_key));
    }

    #[test]
    fn a_length_in_quotes_is_told_to_be_a_number() {
        insta::assert_snapshot!(refused(&WHOLE.replace("tier = 40", "tier = \"40\"")));
    }

    #[test]
    fn an_org_that_is_not_there_is_refused() {
        insta::assert_snapshot!(refused(&WHOLE.replace("org = \"production\"", "org = \"prod\"")));
    }

    #[test]
    fn a_name_that_no_file_can_have_is_refused() {
        insta::assert_snapshot!(refused(&WHOLE.replace("\"support\"", "\"../support\"")));
    }

    #[test]
    fn a_country_that_anybody_could_send_is_refused() {
        insta::assert_snapshot!(refused(&format!(
            "{WHOLE}[server]\ncountry_header = \"X-Country\"\n"
        )));
    }

    #[test]
    fn a_secret_in_place_of_a_name_is_not_repeated() {
        let pasted = "s3cr3t-0123456789.ABCDEF==";
        for name in ["KEY", "SECRET", "IDENTITY"] {
            let told = refused(&WHOLE.replace(&format!("\"{name}\""), &format!("\"{pasted}\"")));
            assert!(!told.contains("s3cr3t"), "{told}");
            insta::assert_snapshot!(told);
        }
    }

    #[test]
    fn what_toml_says_is_told_in_words() {
        let server = |line: &str| refused(&format!("{WHOLE}[server]\n{line}\n"));
        let all = [
            refused(&WHOLE.replace("name = \"support\"", "name = \"a\"\nname = \"b\"")),
            server("org_check_minutes = 0"),
            server("listen = 127.0.0.1:8080"),
            server("listen = \"8080\""),
            server("operator_listen = \"none\""),
            server("trusted_proxies = [\"10.0.0.0/8\", \"proxy.local\"]"),
            refused(&WHOLE.replace("https://www.example.com", "https://www.example.com/")),
            refused(&WHOLE.replace("https://www.example.com", "www.example.com")),
            refused(&WHOLE.replace("https://acme", "acme")),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn what_no_channel_can_be_is_refused() {
        let channel = |old: &str, new: &str| refused(&WHOLE.replace(old, new));
        let all = [
            channel("tier = 40", "tier = 0"),
            channel("tier = 40", "_tier = 40"),
            channel("tier = 40", "\"\" = 40"),
            channel("Tidegate_Client", "Tidegate Client"),
            channel("Support_Chat", "Support Chat"),
            channel("https://acme.my.salesforce-scrt.com", "acme.my.salesforce-scrt.com"),
            channel("deployment", "deploiment"),
            channel("queue =", &verified("issuer = \"\", key_id = \"k\", key_env = \"CHAT\"")),
            channel(
                "queue =",
                &verified("issuer = \"i\", key_id = \"k\", key_env = \"-----BEGIN\""),
            ),
            channel("queue =", &verified(&format!("{KEYS}, messengers = [\"app\"]"))),
            refused(&format!("{}[messenger.app]\n{IDENTITY}\n", both())),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_file_is_as_large_as_an_org_takes_it_at_most() {
        let with = |size: &str| {
            let line = format!("[messenger.web]\nmax_file_mb = {size}\n");
            WHOLE.replace("[messenger.web]\n", &line)
        };
        let manifest = Manifest::parse(&with("25")).expect("a manifest");
        assert_eq!(manifest.messenger["web"].max_file_mb.map(FileSize::megabytes), Some(25));
        let all = ["0", "26", "-1", "1.5", "\"10 MB\""].map(|size| refused(&with(size)));
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_provider_is_one_that_there_is() {
        let with = |line: &str| format!("{WHOLE}[ai]\n{line}\n");
        assert_eq!(Manifest::parse(&with("detect = \"builtin\"")), Manifest::parse(WHOLE));
        let manifest = Manifest::parse(&with("answer = \"none\"")).expect("a manifest");
        assert_eq!(manifest.ai.answer, Provider::None);
        let house = |line: &str| {
            let section = "[ai.provider.house]\nspeaks = \"openai\"\nmodel = \"m\"\n";
            with(&format!("answer = \"house\"\n{section}{line}"))
        };
        let manifest = Manifest::parse(&house("url = \"http://127.0.0.1:11434/v1\"\n"));
        let manifest = manifest.expect("a manifest");
        assert_eq!(manifest.ai.answer, Provider::Named("house".to_owned()));
        let https = "url = \"https://ai.example.com/v1\"\n";
        let other = house(https).replace("answer =", "summarise =").replace("openai", "anthropic");
        let manifest = Manifest::parse(&other).expect("a manifest");
        assert_eq!(manifest.ai.summarise, Provider::Named("house".to_owned()));
        assert_eq!(manifest.ai.provider["house"].speaks, Protocol::Anthropic);
        let all = [
            refused(&with("answer = \"oracle\"")),
            refused(&with("ask = \"builtin\"")),
            refused(&house("")),
            refused(&house("url = \"http://ai.example.com/v1\"\n")),
            refused(&house(&format!("{https}key_env = \"sk-0123456789\"\n"))),
            refused(&house(https).replace("\"openai\"", "\"opnai\"")),
            refused(&house(https).replace("provider.house", "provider.none")),
            refused(&house(https).replace("answer = \"house\"", "detect = \"hose\"")),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_budget_is_numbers_and_who_works_then() {
        let with = |line: &str| format!("{WHOLE}[ai.budget]\n{line}\n");
        let manifest =
            Manifest::parse(&with("requests_per_day = 500\ntokens_per_conversation = 20000"));
        let budget = manifest.expect("a manifest").ai.budget;
        assert_eq!(budget.requests_per_day.map(|limit| limit.get().get()), Some(500));
        assert_eq!(budget.tokens_per_day, None);
        assert_eq!(budget.then, Then::Unavailable);
        let then = Manifest::parse(&with("then = \"builtin\"")).expect("a manifest");
        assert_eq!(then.ai.budget.then, Then::Builtin);
        let all = [
            refused(&with("tokens_per_day = 0")),
            refused(&with("tokens_per_day = \"1M\"")),
            refused(&with("token_per_day = 1")),
            refused(&with("then = \"nobody\"")),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn languages_are_tags_and_each_stands_once() {
        let with = |line: &str| {
            WHOLE.replace("org = \"production\"\n", &format!("org = \"production\"\n{line}\n"))
        };
        let manifest =
            Manifest::parse(&with("languages = [\"en\", \"pt-BR\"]")).expect("a manifest");
        assert_eq!(manifest.settings().languages, ["en", "pt-BR"]);
        let all = [
            refused(&with("languages = [\"en\", \"German\"]")),
            refused(&with("languages = [\"en\", \"EN\"]")),
            refused(&with("languages = [\"en\", \"de\", \"en\"]")),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_version_of_tide_that_nobody_knows_is_refused() {
        let with = |line: &str| WHOLE.replace("[project]\n", &format!("[project]\n{line}\n"));
        assert_eq!(Manifest::parse(&with("tide = \"1\"")), Manifest::parse(WHOLE));
        let all = [refused(&with("tide = \"2\"")), refused(&with("tide = 1"))];
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn a_lacking_key_is_named() {
        insta::assert_snapshot!(refused(&WHOLE.replace("name = \"support\"\n", "")));
    }
}
