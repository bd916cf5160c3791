//! Finding one's way with the keyboard alone, and what a page must offer to those who do not see it.

use crate::browser::Browser;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The most presses of Tab to anything on a page of ours.
const FAR: usize = 150;

impl Browser {
    /// Presses Tab until the selector finds what has the focus, and checks that the focus can be seen there.
    pub async fn tab_to(&self, css: &str) -> Result<()> {
        for _ in 0..FAR {
            if self.has_focus(css).await? {
                return self.focus_is_visible(css).await;
            }
            self.key(Key::Tab).await?;
        }
        anyhow::bail!("{css} is not reached by {FAR} presses of Tab")
    }

    /// Whether what the selector finds has the focus.
    pub async fn has_focus(&self, css: &str) -> Result<bool> {
        let script = "const e = document.activeElement; return !!e && e.matches(arguments[0])";
        Ok(self.script(script, vec![json!(css)]).await? == json!(true))
    }

    /// Checks that what has the focus looks as if it had it.
    async fn focus_is_visible(&self, css: &str) -> Result<()> {
        // A tick box may be drawn by its label; what counts is that something around it is outlined.
        let script = "const marked = e => { const s = getComputedStyle(e);
                return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none' };
            const e = document.activeElement;
            return [e, e.parentElement, ...(e.labels || [])].filter(x => x).some(marked)";
        self.wait(&format!("the focus on {css} to be visible"), async || {
            Ok((self.script(script, vec![]).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// Checks that Tab walks through the whole page and out of it again.
    pub async fn tab_is_no_trap(&self) -> Result<()> {
        self.script("document.activeElement.blur(); window.__tabbed = new Set()", vec![])
            .await?;
        let script = "const e = document.activeElement;
            if (!e || e === document.body || window.__tabbed.has(e)) return true;
            window.__tabbed.add(e); return false";
        for _ in 0..FAR {
            self.key(Key::Tab).await?;
            if self.script(script, vec![]).await? == json!(true) {
                let all = "const shown = e => e.checkVisibility({ visibilityProperty: true });
                    return Array.from(document.querySelectorAll('a[href], button, input:not([type=hidden]):not([type=radio]), select, textarea, summary'))
                    .filter(e => shown(e) && e.tabIndex >= 0 && !e.disabled && !window.__tabbed.has(e)).map(e => e.outerHTML.slice(0, 120))";
                let left = self.script(all, vec![]).await?;
                ensure!(left == json!([]), "Tab never reaches {left}");
                return Ok(());
            }
        }
        anyhow::bail!("{FAR} presses of Tab do not lead through the page")
    }

    /// Checks what assistive technology stands on: language, title, one first-level heading, landmarks, names of controls.
    pub async fn is_well_structured(&self, language: &str) -> Result<()> {
        let script = "const count = s => document.querySelectorAll(s).length;
            const named = e => (e.textContent || e.getAttribute('aria-label') || e.title || '').trim()
                || e.getAttribute('aria-labelledby') || (e.labels && e.labels.length) || e.querySelector('img[alt]:not([alt=\"\"])');
            const nameless = Array.from(document.querySelectorAll('button, a[href], input:not([type=hidden]), select'))
                .filter(e => e.getClientRects().length > 0 && !named(e)).map(e => e.outerHTML.slice(0, 120));
            const levels = Array.from(document.querySelectorAll('h1,h2,h3,h4,h5,h6')).map(e => +e.tagName[1]);
            const skips = levels.filter((l, n) => n > 0 && l > levels[n - 1] + 1).length;
            const ids = Array.from(document.querySelectorAll('[id]')).map(e => e.id);
            return { lang: document.documentElement.lang, title: document.title.trim() !== '', h1: count('h1'),
                main: count('main'), banner: count('body header') > 0, nav: count('nav') > 0, nameless, skips,
                twice: ids.filter((id, n) => ids.indexOf(id) !== n) }";
        let expected = json!({ "lang": language, "title": true, "h1": 1, "main": 1, "banner": true, "nav": true,
            "nameless": [], "skips": 0, "twice": [] });
        // The title and headings may come a moment after the page.
        self.settles_on("the page's structure", script, &expected).await
    }

    /// Checks that no Chinese character stands in the navigation, the buttons or the state line, except where the markup
    /// says that it is Chinese (the language switch, titles of courses).
    pub async fn chrome_is_english(&self) -> Result<()> {
        let script = r"const found = new Set();
            const places = 'header, nav, footer, button:not([data-bench=choice]), [data-test=sync], h1, label';
            for (const place of document.querySelectorAll(places)) {
                if (place.getClientRects().length === 0) continue;
                const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const text = walker.currentNode.textContent.trim(), holder = walker.currentNode.parentElement;
                    const lang = holder.closest('[lang]');
                    if (/\p{Script=Han}/u.test(text) && !(lang && lang !== document.documentElement && lang.lang.startsWith('zh'))
                        && !holder.closest('[data-item]')) found.add(text.slice(0, 40));
                }
            }
            return Array.from(found)";
        self.settles_on("an interface without Chinese", script, &json!([]))
            .await
    }

    async fn settles_on(&self, what: &str, script: &str, expected: &Value) -> Result<()> {
        let mut last = Value::Null;
        let outcome = self
            .wait_as_long(std::time::Duration::from_secs(4), what, async || {
                last = self.script(script, vec![]).await?;
                Ok((last == *expected).then_some(()))
            })
            .await;
        outcome.map_err(|error| anyhow::anyhow!("{error}: found {last}, expected {expected}"))
    }
}
