//! Papers: what an entry looks like as a form that people know. Seen by whoever sees the entry.

use crate::custody::{
    Error, Invalid, Thing, access, count, delivery, disposal, handover, loan, loss, part::see_part,
    photographs, stopped, turn,
};
use crate::{
    app::{App, turns::Turn},
    domain::Person,
    ledger::{Entry, PaperForm},
    store::papers,
};
use label_templates::{Form, Paper, PaperPhotograph, Picture, Templates, write_paper};

/// Whether an entry made a paper at all.
pub async fn made_by(app: &App, seq: u64) -> Result<bool, Error> {
    Ok(papers::of_entry(&mut app.db.read().await?, seq).await?.is_some())
}

/// The paper that an entry made. An entry without a paper, and one about other people's things, is not there.
pub async fn paper(app: &App, me: &Person, seq: u64) -> Result<Paper, Error> {
    let mut tx = app.db.read().await?;
    access::see_paper(&mut tx, me, seq).await?;
    let not_found =
        |error| if let Error::NotFound(_) = error { Error::NotFound(Thing::Paper) } else { error };
    let (_, part) = see_part(&mut tx, me, seq).await.map_err(not_found)?;
    let (hidden, entry) = (part.hidden_lines(), part.entry);
    if hidden > 0 && !shows_parts(&entry) {
        return Err(Error::NotFound(Thing::Paper));
    }
    let form = entry.draft.body.paper().filter(|form| entry.edition >= form.since());
    match form.ok_or(Error::NotFound(Thing::Paper))? {
        PaperForm::Receipt => filled(&delivery::slip(app, &mut tx, &entry, hidden).await?),
        PaperForm::DeliveryList => filled(&delivery::delivery_list(app, &mut tx, &entry, hidden).await?),
        PaperForm::OfferList | PaperForm::HandoverList => {
            drop(tx);
            let mut form = handover::paper(app, me, seq).await?;
            let pictures = annex(app, me, &mut form.photographs).await?;
            Ok(filled(&form)?.with(pictures))
        }
        PaperForm::CountStatement => {
            drop(tx);
            filled(&count::paper(app, me, seq).await?)
        }
        PaperForm::LoanSlip => filled(&loan::slip(&mut tx, &entry).await?),
        PaperForm::LossRecord => filled(&loss::paper(&mut tx, &entry).await?),
        PaperForm::DisposalList => filled(&disposal::paper(&mut tx, &entry).await?),
        PaperForm::ReturnSlip => filled(&loan::return_slip(&mut tx, &entry).await?),
    }
}

/// Whether its paper is made of the lines that somebody sees, and says how many it leaves out: things of several cases may come
/// to the counter together, and each gets its receipt. Other papers are both sides' and are shown whole or not at all.
pub(in crate::custody) fn shows_parts(entry: &Entry) -> bool {
    matches!(entry.draft.body.paper(), Some(PaperForm::Receipt | PaperForm::DeliveryList))
}

/// The pictures of an annex, small. One that cannot be shown keeps its place, without a file.
async fn annex(app: &App, me: &Person, wanted: &mut [PaperPhotograph]) -> Result<Vec<Picture>, Error> {
    let mut pictures: Vec<Picture> = Vec::new();
    for photograph in wanted {
        let digest = std::mem::take(&mut photograph.file);
        let Some(jpeg) = photographs::of_paper(app, me, &digest).await? else { continue };
        photograph.file = format!("{digest}.jpg");
        if pictures.iter().all(|known| known.file != photograph.file) {
            pictures.push(Picture { file: photograph.file.clone(), jpeg });
        }
    }
    Ok(pictures)
}

fn filled(form: &impl Form) -> Result<Paper, Error> {
    Paper::of(form).map_err(|error| cannot_write(&error))
}

/// The same as PDF. The same entry gives the same bytes.
pub async fn pdf(app: &App, me: &Person, seq: u64) -> Result<Vec<u8>, Error> {
    let turn = turn(&app.costly.papers, me).await?;
    let paper = paper(app, me, seq).await?;
    set(app, &turn, paper, format!("{}/check/", app.address)).await
}

/// A form as PDF, with its code behind this address.
pub(in crate::custody) async fn write(
    app: &App,
    me: &Person,
    form: &impl Form,
    address: &str,
) -> Result<Vec<u8>, Error> {
    write_filled(app, me, filled(form)?, address).await
}

/// The same of a form that is filled in.
pub(in crate::custody) async fn write_filled(
    app: &App,
    me: &Person,
    paper: Paper,
    address: &str,
) -> Result<Vec<u8>, Error> {
    let turn = turn(&app.costly.papers, me).await?;
    set(app, &turn, paper, address.to_owned()).await
}

async fn set(app: &App, turn: &Turn, paper: Paper, address: String) -> Result<Vec<u8>, Error> {
    let fonts = app.fonts.clone().ok_or(Error::NotFound(Thing::Paper))?;
    let written = turn.beside(move || write_paper(&fonts, &Templates::embedded(), &paper, &address)).await;
    written.ok_or_else(stopped)?.map_err(|error| cannot_write(&error))
}

/// A paper that cannot be set: a character without a glyph, a template that was spoiled.
pub(in crate::custody) fn cannot_write(error: &label_templates::Error) -> Error {
    Invalid::new(
        "paper_cannot_be_written",
        (&error.zh(), &error.to_string()),
        (
            "账目没有问题；请按提示改正后再打印。",
            "The ledger is in order; put it right as said and print again.",
        ),
    )
}
