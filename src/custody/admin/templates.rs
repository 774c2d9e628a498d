//! 标签与文书样式: each label and paper filled in with an example, for whoever looks at the roster. The samples are nobody's: their
//! numbers and codes are in no ledger.

use crate::custody::{Error, Thing, papers, registered, stores};
use crate::{app::App, domain::Person};
use label_templates::{Paper, sample_labels, sample_papers};

/// The names of the labels, and of the papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateNames {
    pub labels: Vec<&'static str>,
    pub papers: Vec<&'static str>,
}

/// What there is to look at.
pub fn names(me: &Person) -> Result<TemplateNames, Error> {
    registered::may_look(me)?;
    let papers = samples()?;
    Ok(TemplateNames {
        labels: sample_labels().iter().map(|(name, _)| *name).collect(),
        papers: papers.iter().map(name_of).collect(),
    })
}

/// A label as a PNG picture.
pub async fn label(app: &App, me: &Person, name: &str) -> Result<Vec<u8>, Error> {
    registered::may_look(me)?;
    let found = sample_labels().into_iter().find(|(known, _)| *known == name);
    let (_, label) = found.ok_or(Error::NotFound(Thing::Label))?;
    stores::drawn(app, me, label).await
}

/// A paper as PDF.
pub async fn paper(app: &App, me: &Person, name: &str) -> Result<Vec<u8>, Error> {
    registered::may_look(me)?;
    let found = samples()?.into_iter().find(|paper| name_of(paper) == name);
    let paper = found.ok_or(Error::NotFound(Thing::Paper))?;
    papers::write_filled(app, me, paper, &format!("{}/check/", app.address)).await
}

fn samples() -> Result<[Paper; 8], Error> {
    sample_papers().map_err(|error| papers::cannot_write(&error))
}

/// A paper's template without its extension.
fn name_of(paper: &Paper) -> &'static str {
    let file = paper.template();
    file.strip_suffix(".typ").unwrap_or(file)
}
