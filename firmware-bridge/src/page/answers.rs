//! The two forms under a request, to sign or to decline, and what was wrong with the last one: beside its field, with the hand there.

use super::{Lang, Page};
use hufu_wire::message::SignRequest;
use maud::{Markup, html};
use uuid::Uuid;

/// What the page says about the last action.
pub(super) struct Notice<'a> {
    /// Beside which request, if it is still there.
    pub(super) request: Option<Uuid>,
    /// In which of its two forms.
    pub(super) declining: bool,
    pub(super) text: &'a str,
}

/// Both answers need the PIN; what is not understood can only be declined.
pub(super) fn answers(
    page: &Page,
    lang: Lang,
    SignRequest { request, holder, .. }: &SignRequest,
    understood: bool,
    notice: Option<&Notice<'_>>,
) -> Markup {
    let words = lang.words();
    let [pin, reason, second] = ["pin", "reason", "decline-pin"].map(|name| format!("{name}-{request}"));
    let (wrong, declining) = (notice.map(|it| it.text), notice.is_some_and(|it| it.declining));
    html! {
        @if understood {
            form.sign method="post" action={ "/sign/" (request) } autocomplete="off" {
                (hidden(page, lang))
                label for=(pin) { (words.pin) " " (holder) }
                (pin_field(&pin, Some(&format!("{pin}-help")), wrong.is_some() && !declining))
                button.primary { (words.sign) }
                @if let (Some(wrong), false) = (wrong, declining) { (said(&pin, wrong)) }
                p.help id={ (pin) "-help" } { (words.pin_help) }
            }
        }
        details open[declining] {
            summary { (words.decline_open) }
            form.sign method="post" action={ "/decline/" (request) } autocomplete="off" {
                (hidden(page, lang))
                label for=(reason) { (words.reason) }
                input id=(reason) name="reason" required;
                label for=(second) { (words.pin) " " (holder) }
                (pin_field(&second, None, declining))
                button { (words.decline) }
                @if let (Some(wrong), true) = (wrong, declining) { (said(&second, wrong)) }
            }
        }
    }
}

/// After a no the hand is here again, and what is wrong stands beside it.
fn pin_field(id: &str, help: Option<&str>, wrong: bool) -> Markup {
    let told = if wrong { Some(format!("{id}-wrong")) } else { help.map(str::to_owned) };
    html! {
        input id=(id) name="pin" type="password" inputmode="numeric" required autocomplete="off"
            autofocus[wrong] aria-invalid=[wrong.then_some("true")] aria-describedby=[told];
    }
}

fn said(field: &str, wrong: &str) -> Markup {
    html! { p.refusal role="alert" id={ (field) "-wrong" } { "✕ " (wrong) } }
}

pub(super) fn hidden(page: &Page, lang: Lang) -> Markup {
    html! {
        input type="hidden" name="token" value=(page.token);
        input type="hidden" name="lang" value=(lang.code());
    }
}
