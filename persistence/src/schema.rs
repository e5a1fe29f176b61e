//! The tables as Diesel sees them; the same on both databases.

diesel::table! {
    records (noun, id) {
        noun -> Text,
        id -> Text,
        slug -> Text,
        revision -> BigInt,
        publication -> Text,
        owner -> Nullable<Text>,
        party -> Nullable<Text>,
        visibility -> Text,
        published_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        document -> Text,
    }
}

diesel::table! {
    slugs (noun, slug) {
        noun -> Text,
        slug -> Text,
        id -> Text,
    }
}

diesel::table! {
    events (sequence) {
        sequence -> BigInt,
        time -> BigInt,
        #[sql_name = "type"]
        event_type -> Text,
        noun -> Text,
        subject -> Text,
        slug -> Text,
        revision -> BigInt,
        publication -> Text,
        public -> Bool,
        members -> Bool,
        visibility -> Text,
        owner -> Nullable<Text>,
        party -> Nullable<Text>,
        actor -> Nullable<Text>,
        token_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        comment -> Nullable<Text>,
        document -> Nullable<Text>,
    }
}

diesel::table! {
    feed_head (one) {
        one -> Integer,
        seq -> BigInt,
    }
}

diesel::table! {
    kept_answers (client, key) {
        client -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        about -> Text,
        kept_at -> BigInt,
    }
}

diesel::table! {
    clients (id) {
        id -> Text,
        organisation -> Text,
        scopes -> Text,
        secret_hash -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}
