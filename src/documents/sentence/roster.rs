//! Who and what there is, told: units, people, stations, stores and slots.

use super::SentenceWriter;
use crate::{
    language::Language,
    ledger::{
        Appoint, Basis, RegisterSlots, RegisterStation, RegisterStore, RegisterUnit, ResetPassword, Standing,
    },
};

/// So many slots are told by their names.
const NAMED: usize = 6;

impl SentenceWriter<'_> {
    pub(super) fn unit(&self, it: &RegisterUnit) -> String {
        let (agency, unit, before) = (&it.agency_name, &it.name, self.taken_over(it.basis));
        let (kind, why) = (|language| it.agency_kind.text(language), self.why(&it.reason));
        match it.standing {
            Standing::Open if it.reason.is_empty() => self.say(
                format!("{before}登记机构：{agency}（{}）{unit}", kind(Language::Zh)),
                format!("{before}registered {unit} of {agency} ({})", kind(Language::En)),
            ),
            Standing::Open => self.say(
                format!("重新登记机构：现为{agency}（{}）{unit}{why}", kind(Language::Zh)),
                format!(
                    "registered a unit anew: it is {unit} of {agency} ({}) from now on{why}",
                    kind(Language::En)
                ),
            ),
            Standing::Closed => self.say(
                format!("停用{agency}的部门{unit}{why}"),
                format!("closed the unit {unit} of {agency}{why}"),
            ),
        }
    }

    pub(super) fn reset_password(&self, it: &ResetPassword) -> String {
        let person = self.names.person(it.person);
        self.say(format!("重置{person}的密码"), format!("reset the password of {person}"))
    }

    /// What was there before there were entries about it is told as that.
    fn taken_over(&self, basis: Basis) -> &'static str {
        match basis {
            Basis::Act => "",
            Basis::TakenOver => self.language.pick("照录从前的情况，", "took over from before: "),
        }
    }

    pub(super) fn appoint(&self, it: &Appoint) -> String {
        let (name, login, unit) = (&it.name, &it.login, self.names.unit(it.unit));
        let roles: Vec<&str> = it.roles.iter().map(|role| role.text(self.language)).collect();
        let (roles, before) = (roles.join(self.language.pick("、", ", ")), self.taken_over(it.basis));
        let why = self.why(&it.reason);
        match it.standing {
            Standing::Open => self.say(
                format!("{before}登记{name}（账号 {login}）在{unit}任{roles}{why}"),
                format!("{before}entered {name} (login {login}) at {unit} as {roles}{why}"),
            ),
            Standing::Closed => self.say(
                format!("{before}关闭{name}（{unit}）的账号 {login}{why}"),
                format!("{before}closed the account {login} of {name} ({unit}){why}"),
            ),
        }
    }

    pub(super) fn station(&self, it: &RegisterStation) -> String {
        let (name, unit, before) = (&it.name, self.names.unit(it.unit), self.taken_over(it.basis));
        let why = self.why(&it.reason);
        match (it.standing, &it.device_key) {
            (Standing::Open, None) => self.say(
                format!("{before}登记{unit}的工位“{name}”，尚无设备密钥{why}"),
                format!(
                    "{before}registered the station «{name}» at {unit}, without a key of its own yet{why}"
                ),
            ),
            (Standing::Open, Some(_)) => self.say(
                format!("{before}登记{unit}的工位“{name}”及其设备密钥{why}"),
                format!("{before}registered the station «{name}» at {unit} with its own key{why}"),
            ),
            (Standing::Closed, _) => self.say(
                format!("{before}停用{unit}的工位“{name}”{why}"),
                format!("{before}shut out the station «{name}» of {unit}{why}"),
            ),
        }
    }

    pub(super) fn store(&self, it: &RegisterStore) -> String {
        let (name, unit, before) = (&it.name, self.names.unit(it.unit), self.taken_over(it.basis));
        let (kind, why) = (|language| it.store_kind.text(language), self.why(&it.reason));
        match it.standing {
            Standing::Open => self.say(
                format!("{before}登记库“{name}”（{}），由{unit}保管{why}", kind(Language::Zh)),
                format!(
                    "{before}registered the store «{name}» ({}), kept by {unit}{why}",
                    kind(Language::En)
                ),
            ),
            Standing::Closed => self.say(
                format!("{before}停用{unit}的库“{name}”{why}"),
                format!("{before}closed the store «{name}» of {unit}{why}"),
            ),
        }
    }

    pub(super) fn slots(&self, it: &RegisterSlots) -> String {
        let (store, before) = (self.names.store(it.store), self.taken_over(it.basis));
        let why = self.why(&it.reason);
        let named = |standing| {
            let names: Vec<&str> =
                it.slots.iter().filter(|it| it.standing == standing).map(|it| it.name.as_str()).collect();
            match names.as_slice() {
                [] => None,
                [first, .., last] if names.len() > NAMED => Some((format!("{first} … {last}"), names.len())),
                few => Some((few.join(self.language.pick("、", ", ")), few.len())),
            }
        };
        let open = named(Standing::Open).map(|(names, n)| {
            self.say(
                format!("登记{store}的库位 {names}（{n} 个）"),
                format!("registered {n} slots of {store}: {names}"),
            )
        });
        let closed = named(Standing::Closed).map(|(names, n)| {
            self.say(
                format!("停用{store}的库位 {names}（{n} 个）"),
                format!("closed {n} slots of {store}: {names}"),
            )
        });
        let said: Vec<String> = open.into_iter().chain(closed).collect();
        format!("{before}{}{why}", said.join(self.language.pick("；", "; ")))
    }

    fn why(&self, reason: &str) -> String {
        match reason.is_empty() {
            true => String::new(),
            false => format!("{}{reason}", self.language.pick("：", ": ")),
        }
    }
}
