//! A file with a key in it: new, whole, and for its owner alone. Server and station keep theirs in such files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Writes a file that was not there. It has its name when it is whole and on disk, so a sudden end leaves no half a key
/// under it. Refuses to be put over a file that is there.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", Uuid::new_v4()));
    let partial = PathBuf::from(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // A link, unlike a new name, is not put over a file that is there.
    let named = written.and_then(|()| fs::hard_link(&partial, path));
    let removed = fs::remove_file(&partial);
    named?;
    removed?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Makes an empty file for its owner alone, where there is none: whoever opens it next fills it, and what they keep beside it is
/// theirs alone as well. A file that is there stays as it is.
pub fn keep_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_whole_for_its_owner_alone_and_never_put_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agency.key");
        create(&path, b"one").unwrap();
        assert_eq!(create(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_its_owners_before_anything_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        keep_private(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, b"kept").unwrap();
        keep_private(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
    }
}
