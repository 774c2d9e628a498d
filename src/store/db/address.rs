//! Where a ledger lies, as an administrator writes it: `sqlite:PATH`, or `postgres://USER@HOST/NAME`. The second may hold a
//! password; [`LedgerUrl`] formats without it, and so does every error that names a place.

use crate::store::Error;
use sqlx::postgres::PgConnectOptions;
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};
use url::Url;

/// The address as it was written. `Display` and `Debug` leave the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerUrl(String);

/// What an address says. A path is taken as it is written: `%`, `?`, `#` and spaces are part of a file's name.
pub(super) enum Address {
    Memory,
    File(PathBuf),
    Server(Box<Server>),
}

pub(super) struct Server {
    pub(super) options: PgConnectOptions,
    /// `sslrootcert`: the certificates that are trusted besides the system's.
    pub(super) trusted: Option<PathBuf>,
}

/// What may stand behind the `?` of a server's address. The driver ignores others, and writes their values to the log.
const SETTINGS: [&str; 10] = [
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
];

impl LedgerUrl {
    /// The address with its password, for opening it.
    pub fn as_written(&self) -> &str {
        &self.0
    }

    /// The address of a file.
    pub fn of_file(path: &Path) -> LedgerUrl {
        LedgerUrl(format!("sqlite:{}", path.display()))
    }

    /// Whether a password stands in it.
    pub fn names_password(&self) -> bool {
        server_url(&self.0).is_some_and(|url| match url {
            Ok(url) => url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"),
            // Whoever could not write it may have meant one.
            Err(_) => self.0.contains('@'),
        })
    }
}

impl From<String> for LedgerUrl {
    fn from(written: String) -> LedgerUrl {
        LedgerUrl(written)
    }
}

impl fmt::Display for LedgerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match server_url(&self.0) {
            None => f.write_str(if self.0.starts_with("sqlite:") { &self.0 } else { scheme(&self.0) }),
            Some(Err(_)) => f.write_str("postgres://…"),
            Some(Ok(url)) => {
                let named = |key: &str| url.query_pairs().find(|(name, _)| name == key).map(|it| it.1);
                let host = named("host").unwrap_or_else(|| url.host_str().unwrap_or_default().into());
                let user = named("user").unwrap_or_else(|| url.username().into());
                let name = named("dbname").unwrap_or_else(|| url.path().trim_start_matches('/').into());
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                write!(f, "postgres://{user}@{host}{port}/{name}")
            }
        }
    }
}

impl fmt::Debug for LedgerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What stands before the first colon: all that may be shown of an address that is none.
fn scheme(written: &str) -> &str {
    written.split_once(':').map_or("", |(scheme, _)| scheme)
}

/// The address of a server, taken apart; nothing for other kinds. A password with `/` or `#` in it would be read as a port and a
/// path, and shown: what stands before an `@` that is not where it belongs is not read at all.
fn server_url(written: &str) -> Option<Result<Url, String>> {
    let read = || match Url::parse(written) {
        Ok(url) if url.fragment().is_some() || url.path().contains('@') => {
            Err("`/` or `#` before `@`".to_owned())
        }
        Ok(url) => Ok(url),
        Err(error) => Err(error.to_string()),
    };
    matches!(scheme(written), "postgres" | "postgresql").then(read)
}

/// SQLite takes a name that begins with `file:` for an address; no absolute path does.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, Error> {
    Ok(std::path::absolute(path).map_err(sqlx::Error::Io)?)
}

impl Address {
    /// Refuses what is no address of a ledger, without repeating what stands in it.
    pub(super) fn parse(written: &str) -> Result<Address, Error> {
        match (written.split_once(':'), server_url(written)) {
            (_, Some(url)) => {
                Ok(Address::Server(Box::new(Server::parse(written, &url.map_err(unreadable)?)?)))
            }
            (Some(("sqlite", ":memory:")), None) => Ok(Address::Memory),
            (Some(("sqlite", path)), None) if !path.trim_start_matches('/').is_empty() => {
                let path = Path::new(path.strip_prefix("//").unwrap_or(path));
                Ok(Address::File(absolute(path)?))
            }
            _ => Err(Error::UnknownEngine(scheme(written).to_owned())),
        }
    }
}

impl Server {
    fn parse(written: &str, url: &Url) -> Result<Server, Error> {
        if let Some((name, _)) = url.query_pairs().find(|(name, _)| !SETTINGS.contains(&&**name)) {
            return Err(Error::NoAddress(format!("{name} 不是这里的参数 is no setting of an address")));
        }
        let trusted = url.query_pairs().find(|(name, _)| name == "sslrootcert");
        Ok(Server {
            options: PgConnectOptions::from_str(written).map_err(unreadable)?,
            trusted: trusted.map(|(_, path)| PathBuf::from(path.as_ref())),
        })
    }
}

fn unreadable(error: impl fmt::Display) -> Error {
    Error::NoAddress(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> String {
        let url = LedgerUrl::from(written.to_owned());
        assert_eq!(url.to_string(), format!("{url:?}"));
        url.to_string()
    }

    #[test]
    fn a_password_is_shown_nowhere_however_the_address_is_spoiled() {
        assert_eq!(
            shown("postgres://hufu:Geheim@db.example:5433/hufu"),
            "postgres://hufu@db.example:5433/hufu"
        );
        assert_eq!(
            shown("postgres://hufu@db.example/hufu?password=Geheim"),
            "postgres://hufu@db.example/hufu"
        );
        assert_eq!(shown("postgres://hufu:Geheim@db/hufu?host=/run/pg"), "postgres://hufu@/run/pg/hufu");
        for spoiled in [
            "postgres://hufu:Geheim",
            "postgres://hufu:Ge#heim@db.example/hufu",
            "postgres://hufu:Ge/heim@db.example/hufu",
            "postgres://hufu:1/heim@db.example/hufu",
            "postgres://hufu:1#heim@db.example/hufu",
            "postgres://hufu:Ge heim?@db.example:x/hufu",
            "postgres://hufu:Geheim@db.example/hufu?pasword=Geheim",
            "postgres://hufu@db.example/hufu?port=Geheim&password=Geheim",
            "mysql://hufu:Geheim@db.example/hufu",
            "Geheim",
        ] {
            let refused = Address::parse(spoiled).err().map(|error| format!("{error} {error:?}"));
            for text in [shown(spoiled), refused.unwrap_or_default()] {
                assert!(!text.contains("heim"), "{text}");
            }
        }
    }

    #[test]
    fn whether_a_password_stands_in_an_address() {
        let names = |written: &str| LedgerUrl::from(written.to_owned()).names_password();
        assert!(names("postgres://hufu:secret@db/hufu") && names("postgres://hufu@db/hufu?password=secret"));
        assert!(names("postgres://hufu:1/2#3@db/hufu"));
        assert!(!names("postgres://hufu@db/hufu") && !names("sqlite:a:b@c.db"));
    }

    #[test]
    fn a_path_is_taken_as_it_is_written() {
        for path in ["/a b/100%.db", "/a%20b/x?mode=ro.db", "/a#1/涉案财物.db", "/file:x.db"] {
            for written in [format!("sqlite:{path}"), format!("sqlite://{path}")] {
                let Ok(Address::File(file)) = Address::parse(&written) else { panic!("{written}") };
                assert_eq!(file, Path::new(path));
            }
        }
        let Ok(Address::File(file)) = Address::parse("sqlite:file:x.db?mode=memory") else { panic!() };
        assert!(file.is_absolute() && file.ends_with("file:x.db?mode=memory"));
        assert!(matches!(Address::parse("sqlite::memory:"), Ok(Address::Memory)));
        for none in ["sqlite:", "sqlite://", "hufu.db", ""] {
            assert!(matches!(Address::parse(none), Err(Error::UnknownEngine(_))), "{none}");
        }
    }

    #[test]
    fn a_setting_that_is_none_is_refused_by_its_name() {
        let Err(error) = Address::parse("postgres://hufu@db/hufu?ssl_mode=require") else { panic!() };
        assert!(error.to_string().contains("ssl_mode"), "{error}");
    }
}
