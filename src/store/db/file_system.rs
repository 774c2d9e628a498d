//! Which file systems SQLite's log cannot live on. It is shared through memory that every process maps from one file, and the
//! locks beside it are the kernel's; over a network neither holds, and two servers would write over one another.

use crate::store::Error;
use std::path::Path;

/// File systems whose files another machine, or a program, keeps. All of FUSE belongs to it but `fuseblk`, which is a disk.
const AWAY: [&str; 16] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "beegfs",
    "ncpfs",
    "coda",
    "vboxsf",
    "prl_fs",
    "fuse",
];

/// Refuses a file in a folder of such a file system, by its name. What the system does not tell is let pass.
pub(super) fn refuse_network(file: &Path) -> Result<(), Error> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let (Ok(folder), Ok(mounts)) = (folder.canonicalize(), std::fs::read_to_string("/proc/self/mountinfo"))
    else {
        return Ok(());
    };
    match kind_of(&mounts, &folder) {
        Some(kind) if is_away(kind) => {
            Err(Error::NetworkFileSystem { folder: folder.display().to_string(), kind: kind.to_owned() })
        }
        _ => Ok(()),
    }
}

fn is_away(kind: &str) -> bool {
    AWAY.contains(&kind) || kind.starts_with("fuse.")
}

/// The kind of the file system that a folder lies on: the one that is mounted deepest above it, and last.
/// `mounts` is in the form of `/proc/self/mountinfo` (proc(5)).
fn kind_of<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mounted = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let at = unescaped(place.split(' ').nth(4)?);
        let above = folder.starts_with(&at);
        above.then_some((at.len(), kind.split(' ').next()?))
    });
    mounted.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// Spaces, tabs, line ends and backslashes stand there as `\040` and so on.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:40 / /srv/share rw - nfs4 nas:/share rw,vers=4.2
24 22 0:41 / /srv/office\\040files rw - cifs //nas/office rw
25 22 0:42 / /home/chen/remote rw - fuse.sshfs chen@nas: rw
26 22 0:43 / /host rw - 9p host rw,trans=virtio
27 22 8:17 / /media/stick rw - fuseblk /dev/sdb1 rw
28 23 0:44 / /srv/share/local rw - xfs /dev/sdc1 rw
29 22 0:45 / /over rw - ext4 /dev/sdd1 rw
30 29 0:46 / /over rw - nfs nas:/over rw
31 22 0:47 / /auto rw - autofs systemd-1 rw
";

    #[test]
    fn a_folder_is_on_the_file_system_that_is_mounted_deepest_and_last() {
        for (folder, kind, away) in [
            ("/var/lib/hufu", "ext4", false),
            ("/srv/share", "nfs4", true),
            ("/srv/share/hufu", "nfs4", true),
            ("/srv/shared", "ext4", false),
            ("/srv/office files/hufu", "cifs", true),
            ("/home/chen/remote/a", "fuse.sshfs", true),
            ("/host/hufu", "9p", true),
            ("/media/stick", "fuseblk", false),
            ("/srv/share/local/hufu", "xfs", false),
            ("/over/hufu", "nfs", true),
            ("/auto", "autofs", false),
        ] {
            let found = kind_of(MOUNTS, Path::new(folder)).unwrap();
            assert_eq!((found, is_away(found)), (kind, away), "{folder}");
        }
    }

    #[test]
    fn each_kind_that_is_away_is_known_and_a_disk_is_none() {
        for away in AWAY.into_iter().chain(["fuse.sshfs", "fuse.rclone", "fuse.glusterfs"]) {
            assert!(is_away(away), "{away}");
        }
        for disk in ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "vfat", "f2fs", "squashfs"]
        {
            assert!(!is_away(disk), "{disk}");
        }
    }

    #[test]
    fn this_machines_own_folder_passes() {
        let folder = tempfile::tempdir().unwrap();
        refuse_network(&folder.path().join("ledger.db")).unwrap();
    }
}
