//! The last words: a panic shows a screen that says the answers are kept, in plain DOM, as nothing else can be trusted.

use std::panic::PanicHookInfo;

/// Shows the screen on every panic from now on.
pub fn install() {
    std::panic::set_hook(Box::new(show));
}

fn show(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let document = leptos::prelude::document();
    let (Some(body), Ok(panel)) = (document.body(), document.create_element("div")) else {
        return;
    };
    if document.get_element_by_id("anxue-panic").is_some() {
        return;
    }
    panel.set_id("anxue-panic");
    let _ = panel.set_attribute("role", "alertdialog");
    let add = |tag: &str, text: &str| {
        if let Ok(element) = document.create_element(tag) {
            element.set_text_content(Some(text));
            let _ = panel.append_child(&element);
        }
    };
    add("h1", "程序出错，已停止运行");
    add(
        "p",
        "已经提示“已保存”的答案都在本机，没有丢失。请刷新页面继续；如果反复出现，请把下面一行告诉管理人员。",
    );
    add(
        "p",
        "The app has stopped. Answers shown as saved are kept on this device. Reload the page to go on.",
    );
    add("code", &place);
    if let Ok(link) = document.create_element("a") {
        let _ = link.set_attribute("href", "");
        link.set_text_content(Some("刷新页面 · Reload"));
        let _ = panel.append_child(&link);
    }
    let _ = body.append_child(&panel);
}
