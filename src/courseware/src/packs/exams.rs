//! Exams and contests out of the banks that were packed, and the sealed banks of assessments.

use super::{Maker, Packed};
use crate::content::{BankItem, Exam, Stock};
use crate::exams::lacking;
use domain::catalogue::CourseStatus;
use domain::paper::Entry;
use wire::FormError;
use wire::exam::{ExamForm, SealedPack};
use wire::pack;

/// What was made of the exams.
pub(super) struct Made {
    /// Those that are offered, in order.
    pub(super) public: Vec<ExamForm>,
    /// Id and sealed pack of each assessment.
    pub(super) sealed: Vec<(String, Vec<u8>)>,
    /// Those that a bank can no longer fill.
    pub(super) unfilled: Vec<String>,
}

/// Makes the exams whose banks are all packed. Without its stale items a bank may no longer fill an exam: then it is left
/// out, or is no assessment.
pub(super) fn make(maker: &mut Maker<'_>) -> Result<Made, FormError> {
    let mut made = Made {
        public: Vec::new(),
        sealed: Vec::new(),
        unfilled: Vec::new(),
    };
    let content = maker.content;
    for exam in &content.exams {
        let Some(mut form) = exam.form(|bank| maker.banks.get(bank).map(|packed| packed.hash)) else {
            continue;
        };
        if !filled(&form, false, |bank| {
            maker.banks.get(bank).map(|Packed { items, .. }| items.as_slice())
        })? {
            made.unfilled.push(exam.id.to_string());
            continue;
        }
        form.assessment = false;
        if let Some(stock) = stock(maker, exam) {
            match seal(maker, exam, stock)? {
                Some(bytes) => {
                    form.assessment = true;
                    made.sealed.push((exam.id.to_string(), bytes));
                }
                None => made.unfilled.push(exam.id.to_string()),
            }
        }
        made.public.push(form);
    }
    Ok(made)
}

/// The active stock that the exam's assessment draws from.
fn stock<'c>(maker: &Maker<'c>, exam: &Exam) -> Option<&'c Stock> {
    let bank = &exam.assessment.as_ref()?.part.bank;
    let mut stock = maker.content.stock.iter();
    stock.find(|stock| stock.bank.id == *bank && stock.status == CourseStatus::Active)
}

fn seal<'c>(maker: &mut Maker<'c>, exam: &Exam, stock: &'c Stock) -> Result<Option<Vec<u8>>, FormError> {
    let (bank, items) = maker.bank_pack(&stock.bank, &stock.title);
    let hash = pack::hash(&serde_json::to_vec(&bank)?);
    let Some(form) = exam.sealed(|_| Some(hash)) else {
        return Ok(None);
    };
    if !filled(&form, true, |_| Some(items.as_slice()))? {
        return Ok(None);
    }
    let sealed = SealedPack {
        v: pack::VERSION,
        label: stock.label.clone(),
        exam: form,
        banks: vec![bank],
    };
    Ok(Some(serde_json::to_vec(&sealed)?))
}

/// Whether the banks fill every part.
fn filled<'i>(
    form: &ExamForm,
    assessment: bool,
    items: impl Fn(&domain::ids::BankId) -> Option<&'i [&'i BankItem]>,
) -> Result<bool, FormError> {
    let mut parts = form.blueprints(assessment)?.into_iter();
    Ok(parts.all(|(bank, _, blueprint)| {
        let items = items(&bank).unwrap_or_default();
        let entries: Vec<Entry<'_>> = items.iter().map(|item| item.entry()).collect();
        lacking(&entries, &blueprint).is_empty()
    }))
}
