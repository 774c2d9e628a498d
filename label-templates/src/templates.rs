//! The template files: those built into the program, or an administrator's own in their place.
//!
//! Typst keeps every file name it ever saw for the life of the process, so names are a closed set and one id each.

use std::path::Path;
use std::sync::Arc;

use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

use crate::Error;

/// Every file of the folder `templates`, with its text, by name. `label.typ` and `paper.typ` are imported by the others.
pub(crate) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// What a template asks for beside other templates.
pub(crate) const DATA: &str = "data.json";
pub(crate) const CODE: &str = "code.svg";

/// A set of templates; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Templates(Arc<Vec<Source>>);

impl Templates {
    /// The templates that the program was built with.
    pub fn embedded() -> Templates {
        Templates(Arc::new(FILES.iter().map(|(name, text)| source(name, (*text).to_owned())).collect()))
    }

    /// The built-in templates, each replaced where the folder has a `.typ` file of the same name.
    ///
    /// Refuses a folder with a `.typ` file of another name: it would never be used, and nobody would notice.
    pub fn from_dir(folder: &Path) -> Result<Templates, Error> {
        let unreadable = |path: &Path, source| Error::TemplateUnreadable { path: path.to_owned(), source };
        let mut templates: Vec<Source> = Templates::embedded().0.to_vec();
        for entry in std::fs::read_dir(folder).map_err(|cause| unreadable(folder, cause))? {
            let path = entry.map_err(|cause| unreadable(folder, cause))?.path();
            if path.extension().is_none_or(|extension| extension != "typ") {
                continue;
            }
            let place = FILES.iter().position(|(name, _)| path.file_name().is_some_and(|file| file == *name));
            let Some(template) = place.and_then(|place| templates.get_mut(place)) else {
                return Err(Error::TemplateUnknown { path });
            };
            template.replace(&std::fs::read_to_string(&path).map_err(|cause| unreadable(&path, cause))?);
        }
        Ok(Templates(Arc::new(templates)))
    }

    pub(crate) fn source(&self, id: FileId) -> Option<&Source> {
        self.0.iter().find(|source| source.id() == id)
    }
}

fn source(name: &str, text: String) -> Source {
    Source::new(file_id(name), text)
}

/// The one id of a file name of this room.
pub(crate) fn file_id(name: &str) -> FileId {
    #[expect(
        clippy::expect_used,
        reason = "the names are constants of the program, and none leaves the folder"
    )]
    let path = VirtualPath::new(name).expect("a plain file name");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Templates {
        /// The built-in templates with one of them rewritten.
        pub(crate) fn with(name: &str, text: &str) -> Templates {
            let mut templates = Templates::embedded().0.to_vec();
            *templates.iter_mut().find(|template| template.id() == file_id(name)).unwrap() =
                source(name, text.to_owned());
            Templates(Arc::new(templates))
        }
    }

    #[test]
    fn a_folder_replaces_by_name_and_a_misspelt_name_is_refused() {
        let folder = std::env::temp_dir().join(format!("label-templates-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("slot-40x30.typ"), "own").unwrap();
        std::fs::write(folder.join("README.md"), "not a template").unwrap();
        let own = Templates::from_dir(&folder).unwrap();
        assert_eq!(own.source(file_id("slot-40x30.typ")).unwrap().text(), "own");
        let kept = own.source(file_id("count.typ")).unwrap().text();
        assert_eq!(kept, Templates::embedded().source(file_id("count.typ")).unwrap().text());
        std::fs::write(folder.join("slot-30x40.typ"), "misspelt").unwrap();
        let refused = Templates::from_dir(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(refused, Err(Error::TemplateUnknown { path }) if path.ends_with("slot-30x40.typ")));
        assert!(matches!(Templates::from_dir(&folder), Err(Error::TemplateUnreadable { .. })));
    }
}
