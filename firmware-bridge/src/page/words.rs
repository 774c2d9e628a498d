//! Every string of the station's pages, in one place per language. Chinese first.

use hufu_wire::message::Verdict;
use hufu_wire::statement::Text;
use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    pub fn words(self) -> &'static Words {
        match self {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    pub fn html(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The reader's half of a sentence.
    pub fn of(self, text: &Text) -> &str {
        match self {
            Lang::Zh => &text.zh,
            Lang::En => &text.en,
        }
    }

    /// Sentences made below the page hold both languages, "中文 · English": the reader's half.
    pub fn half(self, both: &str) -> String {
        match (self, both.split_once(" · ")) {
            (Lang::Zh, Some((chinese, _))) => chinese.to_owned(),
            (Lang::En, Some((_, english))) => english.to_owned(),
            (_, None) => both.to_owned(),
        }
    }
}

pub struct Words {
    pub station: &'static str,
    pub counter: &'static str,
    pub other_language: &'static str,
    pub signatures: &'static str,
    pub no_signatures: &'static str,
    pub asked_by: &'static str,
    pub not_understood: &'static str,
    pub digest: &'static str,
    pub exact_text: &'static str,
    pub pin: &'static str,
    pub pin_help: &'static str,
    pub sign: &'static str,
    pub reason: &'static str,
    pub decline: &'static str,
    pub decline_open: &'static str,
    pub no_key: &'static str,
    pub key: &'static str,
    pub signed: &'static str,
    pub declined: &'static str,
    pub stale_page: &'static str,
    pub devices: &'static str,
    pub no_devices: &'static str,
    pub absent: &'static str,
    pub opening: &'static str,
    pub ready: &'static str,
    pub trouble: &'static str,
    pub server: &'static str,
    pub connected: &'static str,
    pub dialling: &'static str,
    pub no_server: &'static str,
    pub waiting: &'static str,
    pub nothing_waits: &'static str,
    pub keeps_recording: &'static str,
    pub scans: &'static str,
    pub no_scans: &'static str,
    pub not_answered: &'static str,
    pub jobs: &'static str,
    pub no_jobs: &'static str,
    pub reload: &'static str,
    pub accepted: &'static str,
    pub repeated: &'static str,
    pub unknown: &'static str,
    pub refused: &'static str,
    pub job_queued: &'static str,
    pub job_sending: &'static str,
    pub job_sent: &'static str,
    pub job_confirmed: &'static str,
    pub job_failed: &'static str,
    pub job_unknown: &'static str,
    pub code: &'static str,
    pub off_line: &'static str,
    pub work_off_line: &'static str,
}

static ZH: Words = Words {
    station: "工作站",
    counter: "虚拟柜台",
    other_language: "English",
    signatures: "待签名",
    no_signatures: "没有待签名的请求。换押、处置等需要签章时，要签的内容会逐条显示在这里。",
    asked_by: "发起人",
    not_understood: "这份待签内容不能签章",
    digest: "SM3 摘要",
    exact_text: "查看将被签名的原文",
    pin: "签章 PIN",
    pin_help: "看到的就是要签的。请逐条核对后再输入。",
    sign: "核对无误，签名",
    reason: "拒签理由",
    decline: "拒签",
    decline_open: "内容不对？拒签",
    no_key: " 的密钥不在本工作站，不能在此签名或拒签；可以在网页上撤回请求。",
    key: "签章密钥",
    signed: "已签名，签名已存盘，正在送往服务器；是否收下，请看换押页面。",
    declined: "已拒签，理由已存盘，正在送往服务器。",
    stale_page: "页面已过期，未作改动；请重新核对后再操作。",
    devices: "设备",
    no_devices: "配置文件里还没有设备。运行 hufu-station devices 可列出已连接的设备。",
    absent: "未连接",
    opening: "正在打开",
    ready: "就绪",
    trouble: "需处理",
    server: "服务器",
    connected: "已连接",
    dialling: "未连接，正在重试",
    no_server: "未配置服务器",
    waiting: "条待发送",
    nothing_waits: "全部已送达",
    keeps_recording: "工作站继续记录，什么都不会丢。",
    scans: "最近扫描",
    no_scans: "扫描一个条码，结果会显示在这里。",
    not_answered: "已记录",
    jobs: "标签打印",
    no_jobs: "还没有打印任务。",
    reload: "刷新",
    accepted: "接受",
    repeated: "重复",
    unknown: "未知",
    refused: "拒绝",
    job_queued: "等待打印",
    job_sending: "正在发送",
    job_sent: "已发送",
    job_confirmed: "已出签",
    job_failed: "失败",
    job_unknown: "不确定：请查看标签是否已出",
    code: "zh",
    off_line: "离线办理",
    work_off_line: "没有网络也能收件、盘点",
};

static EN: Words = Words {
    station: "Station",
    counter: "Virtual counter",
    other_language: "中文",
    signatures: "To sign",
    no_signatures: "Nothing waits for a signature. What is to be signed will be shown here, line by line.",
    asked_by: "Asked by",
    not_understood: "This cannot be signed",
    digest: "SM3 digest",
    exact_text: "Show the exact text that is signed",
    pin: "Signing PIN",
    pin_help: "What you see is what you sign. Check every line first.",
    sign: "Checked: sign",
    reason: "Reason for declining",
    decline: "Decline",
    decline_open: "Something wrong? Decline",
    no_key: " has no key at this station and can neither sign nor decline here; the request can be taken back on the server's page.",
    key: "Key",
    signed: "Signed. The signature is kept and on its way to the server; the page of the handover says whether it was taken.",
    declined: "Declined. The reason is kept and on its way to the server.",
    stale_page: "The page was out of date; nothing was changed. Please check again.",
    devices: "Devices",
    no_devices: "No device is configured yet. Run hufu-station devices to see what is plugged in.",
    absent: "not connected",
    opening: "opening",
    ready: "ready",
    trouble: "needs attention",
    server: "Server",
    connected: "connected",
    dialling: "not connected, trying again",
    no_server: "no server configured",
    waiting: "waiting to be sent",
    nothing_waits: "everything delivered",
    keeps_recording: "The station keeps recording; nothing is lost.",
    scans: "Latest scans",
    no_scans: "Scan a code and it will be shown here.",
    not_answered: "recorded",
    jobs: "Labels",
    no_jobs: "Nothing has been printed yet.",
    reload: "Reload",
    accepted: "accepted",
    repeated: "repeated",
    unknown: "unknown",
    refused: "refused",
    job_queued: "queued",
    job_sending: "sending",
    job_sent: "sent",
    job_confirmed: "printed",
    job_failed: "failed",
    job_unknown: "unknown: look whether it came out",
    code: "en",
    off_line: "Work off line",
    work_off_line: "Take in and count without the network",
};

impl Words {
    /// Symbol, word and class of a verdict: never colour alone.
    pub fn verdict(&self, verdict: Verdict) -> (&'static str, &'static str, &'static str) {
        match verdict {
            Verdict::Accepted => ("✓", self.accepted, "good"),
            Verdict::Repeated => ("↺", self.repeated, "soon"),
            Verdict::Unknown => ("?", self.unknown, "soon"),
            Verdict::Refused => ("✕", self.refused, "bad"),
        }
    }

    /// Symbol, word and class of a print job's state.
    pub fn job(&self, state: &str) -> (&'static str, &'static str, &'static str) {
        match state {
            "queued" => ("…", self.job_queued, "quiet"),
            "sending" => ("→", self.job_sending, "quiet"),
            "sent" => ("→", self.job_sent, "quiet"),
            "confirmed" => ("✓", self.job_confirmed, "good"),
            "failed" => ("✕", self.job_failed, "bad"),
            _ => ("?", self.job_unknown, "bad"),
        }
    }
}
