//! 验收: the receiver answers each line of an offer. Answers are notes until they are signed.

use crate::custody::{
    Error, Invalid,
    handover::received,
    offer::{no_such_line, offered},
    signing,
};
use crate::{
    app::App,
    domain::{Handover, Person},
    id::HandoverId,
    ledger::{Answer, Refusal, RefusalReason},
    live::News,
    store::{Tx, handovers},
};

/// An offer that this person may answer: it stands, and nobody is being asked to sign the answers.
async fn answerable(app: &App, tx: &mut Tx, me: &Person, id: HandoverId) -> Result<Handover, Error> {
    let found = received(tx, me, id).await?;
    offered(tx, &found).await?;
    if found.expires_at <= app.clock.now() {
        return Err(Refusal::from(RefusalReason::OfferExpired).into());
    }
    if found.signed_by == Some(me.id) {
        return Err(Refusal::from(RefusalReason::ReceiverIsGiver).into());
    }
    signing::none_open(app, tx, id.into()).await?;
    Ok(found)
}

/// Answers one line. A remark and a refusal need their words.
pub async fn answer(app: &App, me: &Person, id: HandoverId, line: u32, answer: Answer) -> Result<(), Error> {
    let answer = said(answer)?;
    let mut tx = app.db.write().await?;
    answerable(app, &mut tx, me, id).await?;
    if !handovers::answer(&mut tx, id, line, &answer).await? {
        return Err(no_such_line());
    }
    tx.commit().await?;
    app.live.tell(News::Handover(id));
    Ok(())
}

fn said(answer: Answer) -> Result<Answer, Error> {
    let answer = match answer {
        Answer::Accepted => Answer::Accepted,
        Answer::AcceptedWithRemark(note) => Answer::AcceptedWithRemark(note.trim().to_owned()),
        Answer::Refused(note) => Answer::Refused(note.trim().to_owned()),
    };
    let Some(note) = answer.note() else { return Ok(answer) };
    if note.is_empty() {
        return Err(Invalid::new(
            "note_missing",
            ("没有写明备注或拒收原因。", "The remark or the reason is missing."),
            ("请写一句话，说明您看到了什么。", "Write one sentence about what you saw."),
        ));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Invalid::new(
            "note_too_long",
            ("备注或原因太长。", "The remark or reason is too long."),
            (
                "请写在三百字以内，其余写入情况说明。",
                "Keep it within 300 characters; the rest belongs in a report.",
            ),
        ));
    }
    Ok(answer)
}

/// Characters of a remark or reason: it stands in one cell of a paper.
const NOTE_MAX: usize = 300;

/// Accepts every line that has no answer yet. Answers with how many there were.
pub async fn accept_rest(app: &App, me: &Person, id: HandoverId) -> Result<u64, Error> {
    let mut tx = app.db.write().await?;
    answerable(app, &mut tx, me, id).await?;
    let accepted = handovers::accept_rest(&mut tx, id).await?;
    tx.commit().await?;
    app.live.tell(News::Handover(id));
    Ok(accepted)
}
