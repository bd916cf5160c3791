//! The addresses of the API.

pub(crate) mod body;
pub(crate) mod enrolments;
pub(crate) mod exams;
pub(crate) mod links;
pub(crate) mod organize;
pub(crate) mod person;
pub(crate) mod records;
pub(crate) mod service;
