//! People of the roster: entering somebody, the page of each, and what an administrator does there. A first password is shown on the page
//! that answers, and nowhere afterwards.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{Fields, id},
    roster_forms::{NewQuery, beside, done, unit},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error, registered,
        staff::{self, Appointment, Newcomer, Slip},
    },
    domain::Role,
    id::PersonId,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde_json::json;

pub async fn new(State(web): State<Web>, visitor: Visitor, Query(query): Query<NewQuery>) -> Page {
    new_page(&web, &visitor, &Fields(vec![("unit".to_owned(), query.unit)]), None).await
}

async fn new_page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    registered::may_register(visitor.me())?;
    let (frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?, "every_role": Role::ALL,
        "name": typed.text("name"), "login": typed.text("login"), "unit": typed.text("unit"),
        "roles": roles(typed), "wrong": beside(wrong, visitor.language()),
    });
    Ok((code, web.page("roster_person_new.html", visitor.language(), context)?).into_response())
}

pub async fn enter(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let new = Newcomer {
        name: fields.text("name").to_owned(),
        login: fields.text("login").to_owned(),
        unit: unit(&fields),
        roles: roles(&fields),
    };
    match staff::enter(&web.app, visitor.me(), &new).await {
        Ok(slip) => shown_once(&web, &visitor, &slip).await,
        Err(error) => new_page(&web, &visitor, &fields, Some(&error)).await,
    }
}

fn roles(fields: &Fields) -> Vec<Role> {
    fields.all("role").filter_map(Role::from_word).collect()
}

/// The page with the first password, in place of the one that the form stood on. It is kept by no browser.
async fn shown_once(web: &Web, visitor: &Visitor, slip: &Slip) -> Page {
    let mut frame = visitor.frame(web, Room::Roster).await?;
    frame.here = format!("/roster/people/{}", slip.person);
    frame.notices.push(done(web, visitor.language(), slip.entry)?);
    let context = json!({ "frame": frame, "slip": slip, "address": web.app.address });
    Ok(web.page("roster_slip.html", visitor.language(), context)?.into_response())
}

pub async fn show(State(web): State<Web>, visitor: Visitor, InAddress(person): InAddress<String>) -> Page {
    page(&web, &visitor, id(&person)?, ("", &Fields::default()), None).await
}

/// Somebody's page. `acted`: which of its forms came back, with what was typed there.
async fn page(
    web: &Web,
    visitor: &Visitor,
    person: PersonId,
    (acted, typed): (&str, &Fields),
    wrong: Option<&Error>,
) -> Page {
    let view = registered::person(&web.app, visitor.me(), visitor.language(), person).await?;
    let (mut frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    if wrong.is_some() {
        frame.here = format!("/roster/people/{person}");
    }
    let appointing = acted == "appoint";
    let roles = if acted.is_empty() { view.person.roles.clone() } else { roles(typed) };
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?, "every_role": Role::ALL,
        "acted": acted, "roles": roles, "reason": typed.text("reason"),
        "name": if appointing { typed.text("name") } else { view.person.name.as_str() },
        "unit": if appointing { typed.text("unit").to_owned() } else { view.person.unit_id.to_string() },
        "wrong": beside(wrong, visitor.language()), "view": view,
    });
    Ok((code, web.page("roster_person.html", visitor.language(), context)?).into_response())
}

pub async fn act(
    State(web): State<Web>,
    InAddress((person, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, person) = (&web.app, visitor.me(), id::<PersonId>(&person)?);
    let reason = fields.text("reason");
    let recorded = match act.as_str() {
        "appoint" => {
            let (name, unit, roles) = (fields.text("name").to_owned(), unit(&fields), roles(&fields));
            let appointment = Appointment { name, unit, roles, reason: reason.to_owned() };
            staff::appoint(app, me, person, &appointment).await
        }
        "close" => staff::close(app, me, person, reason).await,
        "open" | "reset" => {
            let given = match act.as_str() {
                "open" => staff::reopen(app, me, person, (roles(&fields), reason)).await,
                _ => staff::reset(app, me, person).await,
            };
            match given {
                Ok(slip) => return shown_once(&web, &visitor, &slip).await,
                Err(error) => Err(error),
            }
        }
        _ => return Err(Problem::NoSuchPage),
    };
    match recorded {
        Ok(recorded) => {
            Ok(Redirect::to(&format!("/roster/people/{person}?done={}", recorded.seq)).into_response())
        }
        Err(error) => page(&web, &visitor, person, (&act, &fields), Some(&error)).await,
    }
}
