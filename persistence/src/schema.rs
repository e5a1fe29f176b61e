//! The tables as Diesel sees them; the same on both databases.

diesel::table! {
    records (noun, id) {
        noun -> Text,
        id -> Text,
        slug -> Text,
        revision -> BigInt,
        publication -> Text,
        owner -> Nullable<Text>,
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
        owner -> Nullable<Text>,
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
