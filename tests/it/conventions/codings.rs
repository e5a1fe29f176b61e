use std::collections::BTreeSet;

use tests::TestApp;

#[test]
fn answers_are_compressed_as_asked_and_say_the_same() {
    let app = TestApp::sample();
    for path in [
        "/v1/components?limit=200",
        "/v1/components/fit-connect",
        "/openapi.json",
    ] {
        let plain = app.get(path).expect(200);
        let mut tags = BTreeSet::from([plain.header("etag").to_owned()]);
        for coding in ["gzip", "br", "zstd"] {
            let coded = app.get_with(path, &[("accept-encoding", coding)]).expect(200);
            assert_eq!(coded.header("content-encoding"), coding, "{path}");
            assert_eq!(coded.decoded(), plain.body, "{path} {coding}");
            assert!(coded.body.len() < plain.body.len(), "{path} {coding}");
            assert!(coded.header("vary").to_lowercase().contains("accept-encoding"));
            let tag = coded.header("etag").to_owned();
            assert!(
                plain.header("etag").is_empty() || tags.insert(tag.clone()),
                "{path} {coding}: {tag}"
            );
            if !tag.is_empty() {
                let headers = [("accept-encoding", coding), ("if-none-match", tag.as_str())];
                app.get_with(path, &headers).expect(304);
            }
        }
    }
}

#[test]
fn unknown_codings_are_answered_plain() {
    let app = TestApp::sample();
    for coding in [
        "nix",
        "identity",
        "gzip;q=0",
        "*;q=0.1, gzip;q=0, br;q=0, zstd;q=0, deflate;q=0",
    ] {
        let answer = app.get_with("/v1/components", &[("accept-encoding", coding)]);
        assert_eq!(answer.status, 200, "{coding}");
        assert!(
            matches!(answer.header("content-encoding"), "" | "identity"),
            "{coding}: {answer:?}"
        );
    }
}

#[test]
fn an_encoding_that_leaves_nothing_is_refused_as_a_problem() {
    let app = TestApp::sample();
    let answer = app.get_with("/v1/components", &[("accept-encoding", "identity;q=0, nix")]);
    assert!(matches!(answer.status, 200 | 406), "{answer:?}");
}
