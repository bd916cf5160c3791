//! Who sits where: sections take tokens, each token once. A matching with capacities, made as large as it can be by
//! augmenting paths (Berge 1957; Kuhn 1955). A token once taken stays taken: paths only move it to another section.

use std::collections::VecDeque;

/// A token that a section may take, and the entry of the bank that would stand for it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) token: usize,
    pub(super) entry: usize,
}

/// The sections' places and who has them.
pub(super) struct Seats {
    /// Places still empty, of each section.
    free: Vec<usize>,
    /// What each section may take, best first.
    edges: Vec<Vec<Edge>>,
    /// Of each token the section that has it and the entry that stands for it there.
    held: Vec<Option<(usize, usize)>>,
    /// Of each token that has to be placed: the sections that it may go to.
    homes: Vec<(Vec<usize>, usize)>,
}

impl Seats {
    /// Sections with so many places each.
    pub(super) fn new(places: impl Iterator<Item = usize>) -> Self {
        let free: Vec<usize> = places.collect();
        Self {
            edges: vec![Vec::new(); free.len()],
            free,
            held: Vec::new(),
            homes: Vec::new(),
        }
    }

    /// A new token, which `entry` may stand for in the sections `homes`.
    pub(super) fn add(&mut self, homes: &[usize], entry: usize) -> usize {
        let token = self.held.len();
        self.held.push(None);
        self.homes.push((homes.to_vec(), entry));
        for section in homes {
            self.edges[*section].push(Edge { token, entry });
        }
        token
    }

    /// Lets a section take a token, after all that it may take so far.
    pub(super) fn connect(&mut self, section: usize, edge: Edge) {
        self.edges[section].push(edge);
    }

    /// How many places of the section are empty.
    pub(super) fn free(&self, section: usize) -> usize {
        self.free[section]
    }

    /// The entries that sit in the section, in no order that means anything.
    pub(super) fn seated(&self, section: usize) -> impl Iterator<Item = usize> {
        let held = self.held.iter().flatten();
        held.filter(move |(at, _)| *at == section).map(|(_, entry)| *entry)
    }

    /// Seats a token in the first of its homes with an empty place, else moves others to make one. To be called before
    /// any `fill`. False: the homes are full however the tokens placed so far are arranged.
    pub(super) fn place(&mut self, token: usize) -> bool {
        // The token that would come into each section reached.
        let mut comes: Vec<Option<usize>> = vec![None; self.free.len()];
        let mut queue = VecDeque::new();
        let mut reach = |from: &(Vec<usize>, usize), token, queue: &mut VecDeque<usize>| {
            for section in &from.0 {
                if comes[*section].is_none() {
                    comes[*section] = Some(token);
                    queue.push_back(*section);
                }
            }
        };
        reach(&self.homes[token], token, &mut queue);
        let mut end = None;
        while let (None, Some(section)) = (end, queue.pop_front()) {
            if self.free[section] > 0 {
                end = Some(section);
            } else {
                for other in 0..self.held.len() {
                    if self.held[other].is_some_and(|(at, _)| at == section) {
                        reach(&self.homes[other], other, &mut queue);
                    }
                }
            }
        }
        let Some(mut section) = end else { return false };
        self.free[section] -= 1;
        while let Some(token) = comes[section] {
            let left = self.held[token].replace((section, self.homes[token].1));
            match left {
                Some((at, _)) => section = at,
                None => break,
            }
        }
        true
    }

    /// Gives the section one token more: the best free one that it may take, else one that another section can replace.
    /// False: there is none among what the sections may take.
    pub(super) fn fill(&mut self, section: usize) -> bool {
        // Who would take what from each section reached.
        let mut taker: Vec<Option<(usize, Edge)>> = vec![None; self.free.len()];
        let mut queue = VecDeque::from([section]);
        while let Some(mut at) = queue.pop_front() {
            for place in 0..self.edges[at].len() {
                let mut edge = self.edges[at][place];
                let Some((holder, _)) = self.held[edge.token] else {
                    self.free[section] -= 1;
                    self.held[edge.token] = Some((at, edge.entry));
                    while let Some((to, from_here)) = taker[at] {
                        (at, edge) = (to, from_here);
                        self.held[edge.token] = Some((at, edge.entry));
                    }
                    return true;
                };
                if holder != section && holder != at && taker[holder].is_none() {
                    taker[holder] = Some((at, edge));
                    queue.push_back(holder);
                }
            }
        }
        false
    }
}
