use super::*;
use actix_web::FromRequest;
use actix_web::dev::Payload;
use actix_web::test::TestRequest;

fn parse(query: &str, form: Form, last_seen: Option<&str>) -> Result<Ask, Problem> {
    let request = TestRequest::with_uri(&format!("/v1/events?{query}")).to_http_request();
    let params = Params::from_request(&request, &mut Payload::None).into_inner()?;
    Ask::parse(&params, form, last_seen)
}

fn faults(query: &str, form: Form) -> Vec<(String, String)> {
    let errors = parse(query, form, None).unwrap_err().body().errors;
    errors.into_iter().map(|e| (e.parameter.unwrap(), e.code)).collect()
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let found = faults(
        "after=-1&limit=1001&type=moved&noun=x&subject=A%20b&from=gestern&wait=31&order=up&nix=1",
        Form::Page,
    );
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "after", "limit", "type", "noun", "subject", "from", "wait", "order", "nix",
    ] {
        assert!(names.contains(&name), "{name}: {found:?}");
    }
}

#[test]
fn what_contradicts_the_form_is_refused() {
    let of = |query, form| {
        let found = faults(query, form);
        assert!(found.iter().all(|(_, code)| code == "contradiction"), "{found:?}");
        found.len()
    };
    assert_eq!(of("limit=5&wait=1", Form::Lines), 2);
    assert_eq!(of("limit=5&wait=1&order=asc&before=9&to=2026-01-01", Form::Stream), 5);
    assert_eq!(of("wait=1&order=desc", Form::Page), 1);
    assert_eq!(of("from=2026-01-02&to=2026-01-01", Form::Page), 1);
}

#[test]
fn a_day_means_all_of_it() {
    let ask = parse("from=2026-01-01&to=2026-01-01", Form::Page, None).unwrap();
    assert_eq!(ask.to.unwrap().micros() - ask.from.unwrap().micros(), DAY - 1);
}

#[test]
fn whoever_comes_back_goes_on_where_the_stream_ended() {
    assert_eq!(parse("after=3", Form::Stream, Some("7")).unwrap().after, Sequence(7));
    assert_eq!(parse("after=3", Form::Page, Some("7")).unwrap().after, Sequence(3));
    assert!(parse("", Form::Stream, Some("x")).is_err());
}

#[test]
fn the_next_address_asks_the_same_question() {
    let ask = parse("type=created,updated&limit=5&wait=3", Form::Page, None).unwrap();
    assert_eq!(
        ask.address("", Sequence(9)),
        "/v1/events?type=created%2Cupdated&after=9&limit=5"
    );
    let ask = parse("order=desc", Form::Page, None).unwrap();
    assert_eq!(ask.address("", Sequence(9)), "/v1/events?after=0&before=9&order=desc");
}
