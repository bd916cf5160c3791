//! Numbered steps with their seconds, so that whoever waits knows for what.

use anyhow::{Context, Result};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A run of steps; prints each as it begins and ends.
pub(crate) struct Steps {
    total: usize,
    from: usize,
    begun: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Begins a run of `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            from: 1,
            begun: Instant::now(),
            done: Vec::new(),
        }
    }

    /// The same, where steps that only check something are left out before the one with this number.
    pub(crate) fn from(total: usize, from: usize) -> Self {
        Self {
            from,
            ..Self::new(total)
        }
    }

    /// Does one step that only checks something, if it is not to be left out.
    ///
    /// # Errors
    /// What `work` fails with, named by the step.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let number = self.done.len() + 1;
        if number >= self.from {
            return self.step(name, work);
        }
        say(&format!("[{number}/{}] {name}: left out", self.total));
        self.done.push((format!("{name} (left out)"), Duration::ZERO));
        Ok(())
    }

    /// Does one step.
    ///
    /// # Errors
    /// What `work` fails with, named by the step.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let place = format!("[{}/{}]", self.done.len() + 1, self.total);
        say(&format!("{place} {name} …"));
        let begun = Instant::now();
        let outcome = work();
        let took = begun.elapsed();
        self.done.push((name.to_owned(), took));
        match outcome {
            Ok(value) => {
                say(&format!("{place} {name}: {:.1} s", took.as_secs_f64()));
                Ok(value)
            }
            Err(error) => {
                say(&format!("{place} {name}: FAILED after {:.1} s", took.as_secs_f64()));
                Err(error).with_context(|| format!("step '{name}' failed"))
            }
        }
    }

    /// Prints what took how long.
    pub(crate) fn sum_up(&self) {
        println!();
        for (name, took) in &self.done {
            println!("{:>8.1} s  {name}", took.as_secs_f64());
        }
        println!("{:>8.1} s  in all", self.begun.elapsed().as_secs_f64());
    }
}

fn say(line: &str) {
    if std::io::stdout().is_terminal() {
        println!("\x1b[1m{line}\x1b[0m");
    } else {
        println!("{line}");
    }
    // Child processes write to the same place without our buffer.
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_before_the_first_step_asked_for_are_left_out() {
        let mut steps = Steps::from(3, 2);
        assert!(steps.check("one", || anyhow::bail!("not to be run")).is_ok());
        assert!(steps.check("two", || anyhow::bail!("run")).is_err());
        assert_eq!(steps.done.len(), 2);
    }

    #[test]
    fn a_failed_step_is_named_and_counted() {
        let mut steps = Steps::new(2);
        assert_eq!(steps.step("one", || Ok(1)).unwrap(), 1);
        let error = steps.step::<()>("two", || anyhow::bail!("because")).unwrap_err();
        assert_eq!(format!("{error:#}"), "step 'two' failed: because");
        assert_eq!(steps.done.len(), 2);
    }
}
