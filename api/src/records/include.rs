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

use super::{Resource, bodies};
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

/// What someone sees of the records about an item: what still counts comes first.
pub(super) fn find(view: &View, id: Id, names: &[&'static str], sight: &Sight) -> Vec<Included> {
    names.iter().map(|name| one(view, id, name, sight)).collect()
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

/// Reads them.
///
/// # Errors
/// If the store is needed and does not answer.
pub(super) async fn read(app: &web::Data<App>, mut all: Vec<Vec<Included>>) -> Result<Vec<Vec<Included>>, Problem> {
    async fn of<T: Resource>(app: &web::Data<App>, included: &mut Included) -> Result<(), Problem> {
        included.bodies = bodies::<T>(app, &included.hits).await?;
        Ok(())
    }
    for included in all.iter_mut().flatten() {
        match included.name {
            "adoptions" => of::<Adoption>(app, included).await?,
            "offers" => of::<Offer>(app, included).await?,
            "attestations" => of::<Attestation>(app, included).await?,
            _ => of::<Relation>(app, included).await?,
        }
    }
    Ok(all)
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
