//! Where scheduled backups lie: a folder each, named after its moment.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chrono::NaiveDateTime;
use kapok_protocol::{Text, Timestamp};

use crate::operate::{self, text::io_text};

/// How a backup is named, in company time; there is no colon in it, for file systems that know none.
const NAME: &str = "%Y-%m-%dT%H-%M-%S";
/// What the name of one ends with that is not whole yet.
const PART: &str = ".part";
/// What a backup says of itself. It is gone once a server was started on the folder: then it is somebody's data.
const MANIFEST: &str = "backup.manifest";
/// The configuration file in a backup.
const CONFIGURATION: &str = "kapok.toml";

/// A backup that lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) at: Timestamp,
    pub(super) folder: PathBuf,
}

/// The folder that backups go to; `ahead` minutes is company time ahead of UTC.
pub(super) struct Place<'a> {
    pub(super) to: &'a Path,
    pub(super) ahead: i32,
}

impl Place<'_> {
    fn name(&self, at: Timestamp) -> String {
        let local = at.plus_millis(i64::from(self.ahead) * 60_000).to_utc();
        local.format(NAME).to_string()
    }

    fn moment(&self, name: &str) -> Option<Timestamp> {
        let local = NaiveDateTime::parse_from_str(name, NAME).ok()?.and_utc();
        let at = Timestamp::from(local).plus_millis(-i64::from(self.ahead) * 60_000);
        // Only names that we would write.
        (self.name(at) == name).then_some(at)
    }

    /// The backups there, oldest first. Whatever else lies there is not ours.
    pub(super) fn kept(&self) -> io::Result<Vec<Kept>> {
        let entries = match fs::read_dir(self.to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut kept = Vec::new();
        for entry in entries {
            let entry = entry?;
            let at = entry.file_name().to_str().and_then(|name| self.moment(name));
            let folder = entry.path();
            if let Some(at) = at
                && !entry.file_type()?.is_symlink()
                && folder.join(MANIFEST).is_file()
            {
                kept.push(Kept { at, folder });
            }
        }
        kept.sort_by_key(|kept| kept.at);
        Ok(kept)
    }

    /// The same, when all are of one data folder: otherwise one would count, and remove, those of another.
    pub(super) fn own(&self) -> Result<Vec<Kept>, Text> {
        let told = |error: io::Error| io_text(self.to, &error);
        let kept = self.kept().map_err(told)?;
        let mut of = BTreeSet::new();
        for kept in &kept {
            let manifest = fs::read_to_string(kept.folder.join(MANIFEST)).map_err(told)?;
            of.extend(
                manifest
                    .lines()
                    .find_map(|line| line.strip_prefix("folder ").map(str::to_owned)),
            );
        }
        if of.len() < 2 {
            return Ok(kept);
        }
        let to = self.to.display();
        Err(Text::new(
            format!("{to} 中有多个数据目录的备份。请为每个数据目录指定单独的备份目录，并把旧备份移到别处。"),
            format!(
                "{to} holds backups of several data folders. Give each data folder a place of its own, and move the older \
                 backups elsewhere."
            ),
        ))
    }

    /// Makes a backup of a data folder. It has its name only when it is whole.
    pub(super) fn make(
        &self,
        data: &Path,
        configuration: Option<&Path>,
        now: Timestamp,
    ) -> Result<(PathBuf, operate::Backup), Text> {
        let told = |error: io::Error| io_text(self.to, &error);
        fs::create_dir_all(self.to).map_err(told)?;
        self.remove_parts().map_err(told)?;
        let name = self.name(now);
        let (folder, part) = (self.to.join(&name), self.to.join(format!("{name}{PART}")));
        let made = operate::backup(data, &part)?;
        if let Some(file) = configuration {
            let copy = part.join(CONFIGURATION);
            let copied = fs::copy(file, &copy).and_then(|_| File::open(&copy)?.sync_all());
            copied.map_err(|error| io_text(file, &error))?;
        }
        fs::rename(&part, &folder).map_err(told)?;
        File::open(self.to).and_then(|to| to.sync_all()).map_err(told)?;
        Ok((folder, made))
    }

    /// Removes what an interrupted attempt left.
    fn remove_parts(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.to)? {
            let entry = entry?;
            let name = entry.file_name();
            let ours = name.to_str().and_then(|name| self.moment(name.strip_suffix(PART)?));
            if ours.is_some() && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the oldest backups beyond `keep`; at least one stays.
    pub(super) fn thin(&self, keep: usize) -> Result<(), Text> {
        let kept = self.own()?;
        let spare = kept.len().saturating_sub(keep.max(1));
        for kept in kept.iter().take(spare) {
            fs::remove_dir_all(&kept.folder).map_err(|error| io_text(&kept.folder, &error))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(to: &Path, name: &str) {
        fs::create_dir_all(to.join(name)).expect("makes");
        fs::write(to.join(name).join(MANIFEST), "").expect("writes");
    }

    fn names(to: &Path) -> Vec<String> {
        let entries = fs::read_dir(to).expect("lists");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("lists").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_oldest_of_ours_go_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path();
        for day in 1..6 {
            backup(to, &format!("2026-11-0{day}T02-30-00"));
        }
        // Not ours, though some look like it.
        for other in [
            "2026-10-01",
            "2026-10-01T02-30-00.old",
            "2026-13-01T02-30-00",
            "photos",
            "2026-1-01T02-30-00",
        ] {
            backup(to, other);
        }
        fs::create_dir(to.join("2026-10-02T02-30-00")).expect("makes");
        fs::write(to.join("2026-10-03T02-30-00"), "").expect("writes");
        let place = Place { to, ahead: 480 };
        assert_eq!(place.kept().expect("lists").len(), 5);
        let others: Vec<_> = names(to)
            .into_iter()
            .filter(|name| !name.starts_with("2026-11"))
            .collect();
        place.thin(2).expect("removes");
        let mut expected = others;
        expected.extend(["2026-11-04T02-30-00".to_owned(), "2026-11-05T02-30-00".to_owned()]);
        expected.sort();
        assert_eq!(names(to), expected);
        place.thin(0).expect("removes");
        assert_eq!(place.kept().expect("lists").len(), 1, "one stays whatever is said");
    }

    #[test]
    fn what_is_anothers_is_neither_counted_nor_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path();
        for (day, of) in [(1, "a"), (2, "b"), (3, "a")] {
            let name = format!("2026-11-0{day}T02-30-00");
            backup(to, &name);
            fs::write(
                to.join(&name).join(MANIFEST),
                format!("kapok-backup 1\nfolder {of}\nlast 1\n"),
            )
            .expect("writes");
        }
        let place = Place { to, ahead: 480 };
        let refused = place.thin(1).expect_err("mixed");
        assert!(
            refused.en.contains("several data folders") && !refused.zh.is_empty(),
            "{refused}"
        );
        assert_eq!(names(to).len(), 3);
        fs::remove_dir_all(to.join("2026-11-02T02-30-00")).expect("removes");
        place.thin(1).expect("removes");
        assert_eq!(names(to), ["2026-11-03T02-30-00"]);
    }

    #[test]
    fn names_are_moments_in_company_time() {
        let to = Path::new("/nowhere");
        let at = Timestamp::from_millis(1_795_804_200_000);
        for (ahead, name) in [
            (0, "2026-11-27T18-30-00"),
            (480, "2026-11-28T02-30-00"),
            (-90, "2026-11-27T17-00-00"),
        ] {
            let place = Place { to, ahead };
            assert_eq!(place.name(at), name);
            assert_eq!(place.moment(name), Some(at));
        }
        assert_eq!(Place { to, ahead: 0 }.kept().expect("nothing is nothing"), []);
    }
}
