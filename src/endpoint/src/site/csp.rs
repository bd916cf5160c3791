//! The content security policy, per engine.

/// For engines that know `'wasm-unsafe-eval'`.
pub const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; \
    frame-ancestors 'none'";

/// For engines that compile WebAssembly only under `'unsafe-eval'`.
pub const OLD: &str = "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; \
    frame-ancestors 'none'";

/// For what is no page and asks for nothing.
pub const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The policy for the engine that calls itself `agent`: Chromium below 97 and Safari (WebKit) below 16 do not know
/// `'wasm-unsafe-eval'`. Who says nothing of the kind gets the strict one.
pub fn policy(agent: &str) -> &'static str {
    let old = if let Some(chromium) = number_after(agent, "Chrome/") {
        chromium < 97
    } else if agent.contains("AppleWebKit/") {
        // Every browser on iOS is the WebKit of the system, whatever it calls itself.
        let ios = number_after(agent, " OS ").filter(|_| agent.contains("like Mac OS X"));
        ios.or_else(|| number_after(agent, "Version/"))
            .is_some_and(|safari| safari < 16)
    } else {
        false
    };
    if old { OLD } else { STRICT }
}

fn number_after(agent: &str, mark: &str) -> Option<u32> {
    let rest = &agent[agent.find(mark)? + mark.len()..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_get_the_policy_that_they_understand() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                STRICT,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE",
                OLD,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/96.0.1.1 Safari/537.36",
                OLD,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/97.0.1.1 Safari/537.36",
                STRICT,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15",
                OLD,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
                STRICT,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.38",
                OLD,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Mobile/15E148",
                STRICT,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15",
                OLD,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                STRICT,
            ),
            ("curl/8.5.0", STRICT),
            ("", STRICT),
            ("Chrome/", STRICT),
            ("Chrome/99999999999999", STRICT),
        ] {
            assert_eq!(policy(agent), expected, "{agent}");
        }
        assert_eq!(STRICT.replace("'wasm-unsafe-eval'", "'unsafe-eval'"), OLD);
    }
}
