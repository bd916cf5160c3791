//! Working through an exercise of any kind as a person does: with the keys alone, or with a finger.

use crate::browser::Browser;
use anyhow::{Context, Result, bail, ensure};
use domain::item::Response;
use domain::kinds::penalty::PartAnswer;
use domain::kinds::spotting::Spot;
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::{By, Key};

/// What a person works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// Tab, arrows, Enter, Space and letters; no pointer at all.
    Keys,
    /// A finger on the glass.
    Finger,
}

impl Browser {
    /// Makes the window one of a device with a touch screen.
    pub async fn touchable(&self) -> Result<()> {
        let wish = json!({ "enabled": true, "maxTouchPoints": 1 });
        self.devtools("Emulation.setTouchEmulationEnabled", wish)
            .await
            .map(drop)
    }

    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) -> Result<()> {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        let event = json!({ "type": kind, "touchPoints": points });
        self.devtools("Input.dispatchTouchEvent", event).await.map(drop)
    }

    /// The middle of what the selector finds, scrolled into view. What covers it makes this fail.
    async fn middle(&self, css: &str) -> Result<(f64, f64)> {
        let script = "const e = document.querySelector(arguments[0]);
            if (!e) return null;
            const place = e.querySelector('rect.hit') || e;
            place.scrollIntoView({ block: 'center', behavior: 'instant' });
            // Of what breaks across lines, the first line.
            const b = place.getClientRects()[0];
            if (!b || !b.width) return null;
            const x = b.left + b.width / 2, y = b.top + b.height / 2, top = document.elementFromPoint(x, y);
            const own = top && (e.contains(top) || (e.labels && Array.from(e.labels).some(l => l.contains(top))));
            return own ? [x, y] : null";
        let place = self.script(script, vec![json!(css)]).await?;
        let number = |n: usize| {
            place[n]
                .as_f64()
                .with_context(|| format!("{css} is not there to be touched"))
        };
        Ok((number(0)?, number(1)?))
    }

    /// Touches what the selector finds and lets go.
    pub async fn tap(&self, css: &str) -> Result<()> {
        let at = self
            .wait(&format!("{css} to be there to be touched"), async || {
                Ok(Some(self.middle(css).await?))
            })
            .await?;
        self.touch("touchStart", Some(at)).await?;
        self.touch("touchEnd", None).await
    }

    /// Drags with a finger from the middle of one thing to the middle of another.
    pub async fn drag(&self, from: &str, to: &str) -> Result<()> {
        let from = self.middle(from).await?;
        let script = "const b = document.querySelector(arguments[0]).getBoundingClientRect();
            return [b.left + b.width / 2, b.top + b.height / 2]";
        let to = self.script(script, vec![json!(to)]).await?;
        let to = (to[0].as_f64().context("no place")?, to[1].as_f64().context("no place")?);
        self.touch("touchStart", Some(from)).await?;
        for part in 1..=8 {
            let share = f64::from(part) / 8.0;
            let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            self.touch("touchMove", Some(at)).await?;
        }
        self.touch("touchEnd", None).await
    }

    /// Presses what the selector finds.
    pub async fn use_with(&self, hands: Hands, css: &str) -> Result<()> {
        match hands {
            Hands::Finger => self.tap(css).await,
            Hands::Keys => {
                self.tab_to(css).await?;
                let tick = "const e = document.activeElement; return e.matches('input[type=checkbox]')";
                let tick = self.script(tick, vec![]).await? == json!(true);
                self.key(if tick { ' ' } else { char::from(Key::Enter) }).await
            }
        }
    }

    /// Types a text into the field that the selector finds.
    pub async fn type_with(&self, hands: Hands, css: &str, text: &str) -> Result<()> {
        match hands {
            Hands::Finger => self.tap(css).await?,
            Hands::Keys => self.tab_to(css).await?,
        }
        let held = format!("the focus to come to {css}");
        self.wait(&held, async || Ok(self.has_focus(css).await?.then_some(())))
            .await?;
        // As an input method commits Chinese text: no key stands for it.
        self.devtools("Input.insertText", json!({ "text": text }))
            .await
            .map(drop)
    }

    /// Chooses `value` from the list that the selector finds.
    pub async fn choose_with(&self, hands: Hands, css: &str, value: &str) -> Result<()> {
        match hands {
            Hands::Keys => {
                self.tab_to(css).await?;
                let script = "const e = document.activeElement;
                    return Array.from(e.options).findIndex(o => o.value === arguments[0]) - e.selectedIndex";
                let down = self
                    .script(script, vec![json!(value)])
                    .await?
                    .as_i64()
                    .context("no list")?;
                for _ in 0..down {
                    self.key(Key::Down).await?;
                }
            }
            // A touch opens the system's own list, which no test can reach; the driver chooses in its place.
            Hands::Finger => {
                let option = format!("{css} option[value=\"{value}\"]");
                self.driver().find(By::Css(option)).await?.click().await?;
            }
        }
        let script = "return document.querySelector(arguments[0]).value";
        let chosen = self.script(script, vec![json!(css)]).await?;
        ensure!(chosen == json!(value), "{css} has {chosen} and not {value}");
        Ok(())
    }

    /// Chooses one of several options that exclude each other.
    async fn radio_with(&self, hands: Hands, group: &str, option: &str) -> Result<()> {
        let css = format!("{group} [data-option=\"{option}\"]");
        if hands == Hands::Finger {
            return self.tap(&css).await;
        }
        self.tab_to(&format!("{group} [data-option]")).await?;
        self.key(' ').await?;
        for _ in 0..12 {
            if self.has_focus(&css).await? {
                return Ok(());
            }
            self.key(Key::Down).await?;
        }
        bail!("the arrows do not lead to {css}")
    }

    /// The order in which the steps stand.
    async fn steps(&self) -> Result<Vec<String>> {
        let script = "return Array.from(document.querySelectorAll('[data-step]'), e => e.dataset.step)";
        Ok(serde_json::from_value(self.script(script, vec![]).await?)?)
    }

    async fn arrange(&self, hands: Hands, wanted: &[String]) -> Result<()> {
        let (mut dragged, mut missed) = (false, 0);
        for (to, step) in wanted.iter().enumerate() {
            loop {
                let now = self.steps().await?;
                let at = now.iter().position(|id| id == step).context("a step is not there")?;
                ensure!(at >= to, "{step} stands above its place");
                if at == to {
                    break;
                }
                let row = format!("[data-step=\"{step}\"]");
                match hands {
                    Hands::Keys => {
                        self.tab_to(&format!("{row} [data-grip]")).await?;
                        self.key(Key::Up).await?;
                    }
                    // Once by dragging, then by the buttons.
                    Hands::Finger if !dragged => {
                        dragged = true;
                        let over = format!("[data-step=\"{}\"]", now[to]);
                        self.drag(&format!("{row} [data-grip]"), &over).await?;
                        let after = self.steps().await?;
                        ensure!(after != now, "dragging {step} moves nothing");
                        continue;
                    }
                    Hands::Finger => self.tap(&format!("{row} [data-move=up]")).await?,
                }
                let moved = async || Ok((self.steps().await? != now).then_some(()));
                // A touch that came while the page was still moving is given again, as a person would.
                let patience = Duration::from_secs(2);
                if self.wait_as_long(patience, "the step to move", moved).await.is_err() {
                    missed += 1;
                    ensure!(missed < 4, "{step} does not move");
                }
            }
        }
        if self.shows("[data-settle]:not([aria-disabled])").await? {
            self.use_with(hands, "[data-settle]").await?;
        }
        Ok(())
    }

    async fn marks_with(&self, hands: Hands, marks: &[Spot], scene: bool) -> Result<()> {
        if scene && hands == Hands::Keys {
            self.use_with(hands, "[data-ask=hazard] details summary").await?;
        }
        for mark in marks {
            let at = &mark.at;
            let place = match (scene, hands) {
                (true, Hands::Keys) => format!("[data-region=\"{at}\"]"),
                (true, Hands::Finger) => format!("[id=\"s-{at}\"]"),
                (false, _) => format!("[data-passage=\"{at}\"]"),
            };
            self.use_with(hands, &place).await?;
            let row = format!("[data-mark=\"{at}\"]");
            self.wait_for(&row).await?;
        }
        for mark in marks {
            for (which, id) in [("first", &mark.first), ("second", &mark.second)] {
                if let Some(id) = id {
                    let list = format!("[data-mark=\"{}\"] select[data-which={which}]", mark.at);
                    self.choose_with(hands, &list, id.as_str()).await?;
                }
            }
        }
        Ok(())
    }

    /// Gives a response to the exercise shown, up to but not including the button that hands it in.
    pub async fn respond_with(&self, hands: Hands, response: &Response) -> Result<()> {
        match response {
            Response::Options(ids) => {
                let many = self.shows("[data-ask] input[type=checkbox]").await?;
                for id in ids {
                    if many {
                        self.use_with(hands, &format!("[data-ask] [data-option=\"{id}\"]"))
                            .await?;
                    } else {
                        self.radio_with(hands, "[data-ask]", id.as_str()).await?;
                    }
                }
                Ok(())
            }
            Response::Truth(truth) => {
                let truth = truth.context("nothing to answer")?;
                self.radio_with(hands, "[data-ask]", &truth.to_string()).await
            }
            Response::Blanks(blanks) => {
                for (blank, text) in blanks {
                    self.type_with(hands, &format!("[data-blank=\"{blank}\"]"), text)
                        .await?;
                }
                Ok(())
            }
            Response::Order(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                self.arrange(hands, &ids).await
            }
            Response::Pairs(pairs) => {
                for (prompt, target) in pairs {
                    let list = format!("select[data-prompt=\"{prompt}\"]");
                    self.choose_with(hands, &list, target.as_str()).await?;
                }
                Ok(())
            }
            Response::Marks(marks) => {
                let scene = self.shows("[data-ask=hazard]").await?;
                self.marks_with(hands, marks, scene).await
            }
            Response::Parts(parts) => {
                for (part, answer) in parts {
                    let group = format!("[data-part=\"{part}\"]");
                    match answer {
                        PartAnswer::Text(text) => self.type_with(hands, &format!("{group} input"), text).await?,
                        PartAnswer::Options(ids) if self.shows(&format!("{group} input[type=radio]")).await? => {
                            for id in ids {
                                self.radio_with(hands, &group, id.as_str()).await?;
                            }
                        }
                        PartAnswer::Options(ids) => {
                            for id in ids {
                                self.use_with(hands, &format!("{group} [data-option=\"{id}\"]")).await?;
                            }
                        }
                    }
                }
                Ok(())
            }
            Response::Path(path) => {
                for choice in path {
                    let button = format!("[data-choice=\"{choice}\"]");
                    // A second tap at once is taken for the other half of a double tap, and left out on purpose.
                    if hands == Hands::Finger {
                        tokio::time::sleep(Duration::from_millis(600)).await;
                    }
                    self.use_with(hands, &button).await?;
                    self.wait_gone(&button).await?;
                }
                // The focus goes to how it ended, and the page with it.
                tokio::time::sleep(Duration::from_millis(600)).await;
                Ok(())
            }
            Response::Text(text) => self.type_with(hands, "[data-ask] textarea", text).await,
        }
    }

    /// Checks by the browser's accessibility tree that whatever can be used has a name, and that groups say what they are of.
    pub async fn everything_is_named(&self) -> Result<()> {
        const USED: [&str; 14] = [
            "button",
            "link",
            "textbox",
            "combobox",
            "checkbox",
            "radio",
            "listbox",
            "option",
            "slider",
            "spinbutton",
            "searchbox",
            "group",
            "img",
            "image",
        ];
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
        let mut found = 0;
        for node in nodes {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            if node["ignored"] == json!(true) || !USED.contains(&role) {
                continue;
            }
            found += 1;
            let name = node["name"]["value"].as_str().unwrap_or_default();
            if !name.trim().is_empty() {
                continue;
            }
            // What can be unfolded is a group whose summary says what it is.
            let element = json!({ "backendNodeId": node["backendDOMNodeId"] });
            let element = self.devtools("DOM.describeNode", element).await?;
            ensure!(
                role == "group" && element["node"]["nodeName"] == json!("DETAILS"),
                "a {role} without a name: {element}"
            );
        }
        ensure!(found > 3, "the accessibility tree is all but empty");
        Ok(())
    }
}
