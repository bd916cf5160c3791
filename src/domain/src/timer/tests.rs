//! Timers run through scripts: what happens, and what the timer then says.

use super::*;
use crate::shuffle::Seed;
use proptest::prelude::*;

const SECOND: u64 = 1_000;
/// By the endpoint's clock, when all attempts of these tests begin.
const STARTED: Timestamp = Timestamp(1_800_000_000_000);

/// An attempt in a world whose true time is known.
struct World {
    begin: Begin,
    /// What truly elapsed.
    truth: u64,
    /// How far the wall clock is from the endpoint's.
    wall_off: i64,
    mono: u64,
    /// True where the endpoint is heard with each tick.
    online: bool,
    timer: Timer,
    /// What survives a kill.
    disk: Stored,
    warned: Vec<u16>,
}

impl World {
    fn new(duration: u64, closes: Option<u64>, wall_off: i64) -> Self {
        let begin = Begin {
            started: STARTED,
            duration: Millis(duration),
            closes: closes.map(|after| STARTED.plus(i64::try_from(after).unwrap())),
            clock: Clock::Endpoint,
        };
        let wall = STARTED.plus(wall_off);
        let (mono, endpoint) = (Millis(0), None);
        let timer = Timer::begin(begin, Reading { mono, wall, endpoint });
        let disk = timer.stored();
        let (truth, mono, online, warned) = (0, 0, false, vec![]);
        Self {
            begin,
            truth,
            wall_off,
            mono,
            online,
            timer,
            disk,
            warned,
        }
    }

    fn now(&self) -> Reading {
        let endpoint = STARTED.plus(i64::try_from(self.truth).unwrap());
        Reading {
            mono: Millis(self.mono),
            wall: endpoint.plus(self.wall_off),
            endpoint: self.online.then_some(endpoint),
        }
    }

    fn tick(&mut self) -> Tick {
        let tick = self.timer.tick(self.now());
        self.warned.extend(tick.warnings_passed.iter().map(|mark| mark.0));
        if tick.store {
            self.disk = self.timer.stored();
            self.timer.confirm(self.disk.clone());
        }
        tick
    }

    /// The page is open for so long.
    fn run(&mut self, ms: u64) {
        for step in (0..ms).step_by(1_000).map(|from| SECOND.min(ms - from)) {
            self.truth += step;
            self.mono += step;
            self.tick();
        }
    }

    /// The page is killed and opened again after so long.
    fn reopen(&mut self, ms: u64) {
        self.truth += ms;
        self.mono = 0;
        self.timer = Timer::resume(self.begin, self.disk.clone(), self.now());
        self.tick();
    }

    /// One step of a script: `run`, `sleep` (the monotonic clock stops), `nap` (it goes on), `reopen`, `cheat`
    /// (the same with the wall clock set back by as much) for a time; `back`, `forward`: the wall clock is set; `online`,
    /// `offline`; `monoreset`.
    fn step(&mut self, step: &str) {
        let (verb, time) = step.trim().split_once(' ').unwrap_or((step.trim(), "0s"));
        let time = ms(time);
        match verb {
            "run" => self.run(time),
            "sleep" => self.truth += time,
            "nap" => (self.truth, self.mono) = (self.truth + time, self.mono + time),
            "reopen" => self.reopen(time),
            "cheat" => {
                self.wall_off -= i64::try_from(time).unwrap();
                self.reopen(time);
            }
            "back" => self.wall_off -= i64::try_from(time).unwrap(),
            "forward" => self.wall_off += i64::try_from(time).unwrap(),
            "online" => self.online = true,
            "offline" => self.online = false,
            "monoreset" => self.mono = 0,
            _ => panic!("no such step: {step}"),
        }
        if verb != "reopen" {
            self.tick();
        }
    }
}

/// `90s`, `10m`, `3h`.
fn ms(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = match unit {
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3_600 * SECOND,
        _ => panic!("no such time: {text}"),
    };
    number.parse::<u64>().unwrap() * unit
}

#[test]
fn table_of_cases() {
    // duration (/ time to the close) | what happens | elapsed | left | flags
    // Stores fall on the seconds 1, 5, 9, ... and on new flags: after `run 10m` the last one is at 597 s.
    let table = "
        60m     | run 10m                                             | 10m  | 50m  |
        60m     | run 61m                                             | 61m  | 0s   |
        60m/20m | run 10m                                             | 10m  | 10m  |
        60m/20m | run 20m                                             | 20m  | 0s   |
        60m/90m | run 10m                                             | 10m  | 50m  |
        60m/0s  | run 1s                                              | 1s   | 0s   |
        60m     | run 10m, back 3h, run 10m                           | 20m  | 40m  | WallLost
        60m     | run 10m, back 20s, run 10m                          | 20m  | 40m  |
        4h      | run 10m, forward 3h, run 10m                        | 200m | 40m  | WallWon
        4h      | run 10m, forward 3h, run 10m, online                | 20m  | 220m | WallWon EndpointLess
        4h      | run 10m, forward 3h, back 3h, run 10m               | 200m | 40m  | WallLost WallWon
        8h      | run 10m, back 3h, forward 3h, run 10m               | 200m | 280m | WallLost WallWon
        8h      | run 10m, back 3h, forward 3h, online, run 10m       | 20m  | 460m | WallLost WallWon EndpointLess
        4h      | run 10m, sleep 1h, run 10m                          | 80m  | 160m | WallWon
        4h      | run 10m, nap 1h, run 10m                            | 80m  | 160m |
        4h      | run 10m, back 1h, sleep 1h, run 10m                 | 80m  | 160m | WallLost WallWon
        4h      | run 10m, sleep 1h, back 1h, run 10m                 | 80m  | 160m | WallLost WallWon
        4h      | run 10m, back 1h, nap 1h, run 10m                   | 80m  | 160m | WallLost
        60m     | run 10m, reopen 0s                                  | 602s | 2998s |
        60m     | run 10m, reopen 1m, run 10m                         | 21m  | 39m  |
        60m     | run 10m, reopen 90m                                 | 100m | 0s   |
        60m     | online, run 10m, reopen 0s                          | 10m  | 50m  |
        60m     | run 10m, back 3h, reopen 1m                         | 11m  | 49m  | WallLost
        60m     | run 10m, cheat 5m                                   | 602s | 2998s |
        60m     | run 10m, cheat 5m, online                           | 15m  | 45m  | EndpointMore
        4h      | run 10m, forward 3h, reopen 1m                      | 191m | 49m  | WallWon
        4h      | run 10m, forward 3h, reopen 1m, online, run 1m      | 12m  | 228m | WallWon EndpointLess
        60m     | run 10m, monoreset, run 10m                         | 20m  | 40m  | MonotonicFell
        60m     | run 10m, monoreset, back 3h, run 10m                | 20m  | 40m  | WallLost MonotonicFell
        60m     | run 20s, monoreset, run 10m                         | 620s | 2980s |";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (duration, closes) = cells[0]
            .split_once('/')
            .map_or((cells[0], None), |(d, c)| (d, Some(ms(c))));
        // The device's clock is 17 hours behind, right, or 2 hours ahead: no matter.
        for wall_off in [-17, 0, 2].map(|hours| hours * 3_600_000) {
            let mut world = World::new(ms(duration), closes, wall_off);
            cells[1].split(',').for_each(|step| world.step(step));
            let flags: Vec<String> = world
                .timer
                .flags()
                .iter()
                .map(|flag| format!("{:?}", flag.what))
                .collect();
            let got = (world.timer.elapsed().0, world.timer.remaining().0, flags.join(" "));
            assert_eq!(got, (ms(cells[2]), ms(cells[3]), cells[4].into()), "{line}");
            assert_eq!(world.tick().over, ms(cells[3]) == 0, "{line}");
        }
    }
}

#[test]
fn a_clock_set_back_while_the_page_is_closed_is_flagged() {
    let mut world = World::new(ms("1h"), None, 0);
    world.run(ms("10m"));
    world.wall_off -= i64::try_from(ms("3h")).unwrap();
    world.reopen(ms("1m"));
    let expected = Flag {
        what: Disagreement::WallBeforeStore,
        most: Millis(ms("3h") - ms("63s")),
        first: Millis(ms("602s")),
    };
    assert_eq!(world.timer.flags(), [expected]);
    assert!(world.disk.flags == [expected], "stored with the first tick");
}

#[test]
fn marks_are_told_once_and_again_after_time_was_given_back() {
    let warned = |duration: &str, steps: &str| {
        let mut world = World::new(ms(duration), None, 0);
        steps.split(',').for_each(|step| world.step(step));
        world.warned
    };
    assert_eq!(warned("60m", "run 44m"), []);
    assert_eq!(warned("60m", "run 61m"), [15, 5, 1]);
    assert_eq!(warned("15m", "run 15m"), [5, 1]);
    assert_eq!(warned("1m", "run 1m"), []);
    assert_eq!(warned("60m", "sleep 57m, run 3m"), [15, 5, 1]);
    assert_eq!(warned("60m", "run 46m, reopen 1m, reopen 1m"), [15]);
    assert_eq!(warned("60m", "run 10m, reopen 46m"), [15, 5]);
    assert_eq!(warned("60m", "forward 50m, online, offline, run 60m"), [15, 15, 5, 1]);
}

#[test]
fn stores_are_asked_for_in_time_and_until_confirmed() {
    let mut world = World::new(ms("60m"), None, 0);
    let mut last = 0;
    for n in 0..3_600 {
        world.truth += 1_000;
        world.mono += 1_000;
        let tick = world.timer.tick(world.now());
        // Every third writing fails.
        if tick.store && n % 3 != 0 {
            let stored = world.timer.stored();
            assert!(stored.elapsed.0 - last <= STORE_EVERY.0);
            last = stored.elapsed.0;
            world.timer.confirm(stored);
        }
    }
    world.online = true;
    world.wall_off += i64::try_from(ms("3h")).unwrap();
    assert!(world.timer.tick(world.now()).store, "a new flag is stored at once");
}

#[test]
fn twenty_kills_gain_nothing() {
    for seed in 0..50 {
        // Numbers below 30,000 in a fixed order.
        let mut random: Vec<u64> = (0..30_000).collect();
        Seed(seed).shuffle(&mut random);
        let (mut world, mut honest) = (World::new(ms("60m"), None, 0), World::new(ms("60m"), None, 0));
        let mut shown = 0;
        for kill in random.chunks(2).take(20) {
            world.run(kill[0]);
            shown += kill[0];
            // The wall clock is set back to the last store, or to anything before.
            let back = world.now().wall.0 - world.disk.wall.0 + i64::try_from(kill[1]).unwrap();
            world.wall_off -= back;
            world.reopen(0);
            assert!(
                world.timer.elapsed().0 >= shown,
                "seed {seed}: {:?} of {shown}",
                world.timer.elapsed()
            );
            honest.run(kill[0]);
            honest.reopen(kill[1]);
            assert!(honest.timer.elapsed().0 >= honest.truth);
        }
        // An honest person is charged what a restart takes, at most `STORE_EVERY` more each time, and nothing online.
        assert!(honest.timer.elapsed().0 <= honest.truth + 20 * STORE_EVERY.0);
        honest.online = true;
        assert_eq!(honest.tick().elapsed, Millis(honest.truth));
        assert!(world.timer.elapsed().0 <= shown + 20 * STORE_EVERY.0);
    }
}

#[test]
fn an_attempt_of_this_device_alone_does_not_ask_the_endpoint() {
    let mut world = World::new(ms("60m"), None, 0);
    world.timer.begin.clock = Clock::Device;
    world.run(ms("10m"));
    world.online = true;
    world.truth += ms("10m");
    world.wall_off -= i64::try_from(ms("10m")).unwrap();
    assert_eq!(world.tick().elapsed, Millis(ms("10m")));
    assert_eq!(world.timer.flags(), []);
}

fn any_step() -> impl Strategy<Value = String> {
    let timed = prop_oneof![
        4 => Just("run"), 1 => Just("sleep"), 1 => Just("nap"), 1 => Just("reopen"), 1 => Just("back"), 1 => Just("forward")
    ];
    prop_oneof![
        9 => (timed, 0_u64..2_000).prop_map(|(verb, seconds)| format!("{verb} {seconds}s")),
        1 => Just("monoreset".to_owned()),
    ]
}

fn any_reading() -> impl Strategy<Value = Reading> {
    (any::<u64>(), any::<i64>(), any::<Option<i64>>()).prop_map(|(mono, wall, endpoint)| Reading {
        mono: Millis(mono),
        wall: Timestamp(wall),
        endpoint: endpoint.map(Timestamp),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offline_it_never_falls_and_nothing_seen_is_free(
        steps in prop::collection::vec(any_step(), 1..20), closes in prop::option::of(0_u64..9_000_000),
    ) {
        let duration = ms("2h");
        let mut world = World::new(duration, closes, 0);
        // Time with the page open; a laptop that sleeps keeps its page.
        let (mut last, mut seen) = (Millis(0), 0);
        for step in steps {
            let before = world.truth;
            world.step(&step);
            let elapsed = world.timer.elapsed();
            prop_assert!(elapsed >= last, "{}", step);
            last = elapsed;
            if !step.starts_with("reopen") {
                seen += world.truth - before;
            }
            // The slack is the wall clock's to lose in each sleep; nothing else is.
            prop_assert!(elapsed.0 + 20 * SLACK.0 >= seen, "{} {} {}", step, elapsed.0, seen);
            let open = closes.map_or(u64::MAX, |closes| closes.saturating_sub(elapsed.0));
            prop_assert!(world.timer.remaining().0 <= open.min(duration.saturating_sub(elapsed.0)));
            let by_wall = closes.map_or(i64::MAX, |closes| i64::try_from(closes).unwrap() - (world.now().wall.0 - STARTED.0));
            prop_assert!(i64::try_from(world.timer.remaining().0).unwrap() <= by_wall.max(0));
            world.online = true;
            let heard = world.timer.clone().tick(world.now());
            world.online = false;
            prop_assert_eq!(heard.elapsed.0, world.truth);
        }
    }

    #[test]
    fn no_reading_panics(readings in prop::collection::vec(any_reading(), 2..12), started: i64, closes: Option<i64>) {
        let begin = Begin {
            started: Timestamp(started),
            duration: Millis(ms("1h")),
            closes: closes.map(Timestamp),
            clock: Clock::Endpoint,
        };
        let mut timer = Timer::begin(begin, readings[0]);
        for reading in &readings[1..] {
            let tick = timer.tick(*reading);
            prop_assert!(tick.remaining <= begin.limit());
            prop_assert_eq!(tick.over, tick.elapsed >= begin.limit());
            timer = Timer::resume(begin, timer.stored(), *reading);
        }
    }
}
