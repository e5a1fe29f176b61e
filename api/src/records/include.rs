//! Records about a component that are answered with it.

use actix_web::web;
use bytes::Bytes;
use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::id::Id;
use domain::limits;
use domain::offer::Offer;
use domain::relation::Relation;
use search::{About, Hit, View};

use super::{Resource, body_of_each};
use crate::problem::Problem;
use crate::render::{self, Shape};
use crate::state::App;

/// The records of one noun about an item.
#[derive(Debug)]
pub(super) struct Included {
    name: &'static str,
    hits: Vec<Hit>,
    total: usize,
    bodies: Vec<Bytes>,
}

/// What someone sees of the records about the items of a page: what still counts comes first. Where there are too many for
/// one page, of each noun of each item as many as of the others.
pub(super) fn find(
    view: &View,
    ids: impl Iterator<Item = Id>,
    names: &[&'static str],
    sight: &Sight,
) -> Vec<Vec<Included>> {
    let of_item = |id| names.iter().map(|name| one(view, id, name, sight)).collect();
    let mut all: Vec<Vec<Included>> = ids.map(of_item).collect();
    let found: Vec<usize> = all.iter().flatten().map(|included| included.hits.len()).collect();
    let share = share(&found);
    for included in all.iter_mut().flatten() {
        included.hits.truncate(share);
    }
    all
}

/// How many of each may come, so that all together are no more than a page takes.
fn share(found: &[usize]) -> usize {
    let fits = |share: &usize| found.iter().map(|count| count.min(share)).sum::<usize>() <= limits::INCLUDED_OF_PAGE;
    (1..=limits::INCLUDED).rev().find(fits).unwrap_or_default()
}

fn one(view: &View, id: Id, name: &'static str, sight: &Sight) -> Included {
    fn of<T: About>(view: &View, id: Id, sight: &Sight) -> (Vec<Hit>, usize) {
        let mut entries = view.about::<T>(id, sight);
        entries.retain(|entry| entry.publication != domain::stored::Publication::Withdrawn);
        let total = entries.len();
        entries.sort_by_key(|entry| entry.has_lapsed);
        let first = entries.into_iter().take(limits::INCLUDED);
        (first.map(crate::answers::hit).collect(), total)
    }
    let (hits, total) = match name {
        "adoptions" => of::<Adoption>(view, id, sight),
        "offers" => of::<Offer>(view, id, sight),
        "attestations" => of::<Attestation>(view, id, sight),
        _ => of::<Relation>(view, id, sight),
    };
    Included {
        name,
        hits,
        total,
        bodies: Vec::new(),
    }
}

/// Reads them, those of a noun together.
///
/// # Errors
/// If the store is needed and does not answer.
pub(super) async fn read(app: &web::Data<App>, all: &mut [Vec<Included>]) -> Result<(), Problem> {
    async fn of<T: Resource>(app: &web::Data<App>, name: &str, all: &mut [Vec<Included>]) -> Result<(), Problem> {
        let of_noun = || all.iter().flatten().filter(|included| included.name == name);
        let hits: Vec<Hit> = of_noun().flat_map(|included| included.hits.iter().cloned()).collect();
        let mut read = body_of_each::<T>(app, &hits).await?.into_iter();
        for included in all.iter_mut().flatten().filter(|included| included.name == name) {
            included.bodies = read.by_ref().take(included.hits.len()).flatten().collect();
        }
        Ok(())
    }
    of::<Adoption>(app, "adoptions", all).await?;
    of::<Offer>(app, "offers", all).await?;
    of::<Attestation>(app, "attestations", all).await?;
    of::<Relation>(app, "relations", all).await
}

/// Writes them into an item that was written already: before its closing brace.
pub(super) fn write(out: &mut Vec<u8>, all: &[Included], shape: &Shape) {
    if all.is_empty() || out.pop() != Some(b'}') {
        return;
    }
    let shape = shape.of_others();
    for included in all {
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
        out.extend_from_slice(format!(r#""{}":{{"items":["#, included.name).as_bytes());
        for (i, body) in included.bodies.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            render::write_item(out, body, &shape);
        }
        out.extend_from_slice(format!(r#"],"total":{}}}"#, included.total).as_bytes());
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_all_or_as_many_of_each_as_fit() {
        assert_eq!(share(&[]), limits::INCLUDED);
        assert_eq!(share(&[50; 40]), 50);
        assert_eq!(share(&[50; 41]), 48);
        assert_eq!(share(&[50; 800]), 2);
        // Those that have few leave room for the others.
        let mut uneven = vec![1; 760];
        uneven.extend([50; 40]);
        assert_eq!(share(&uneven), 31);
    }
}
