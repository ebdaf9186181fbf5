//! Schema: the catalog's tables as diesel knows them. `migrations/` says what the columns mean.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    counter (name) {
        name -> Text,
        next -> BigInt,
    }
}

table! {
    session (key) {
        key -> BigInt,
        id -> Text,
        kind -> Text,
        python_version -> Text,
        created -> BigInt,
        working_directory -> Text,
        arguments -> Text,
        node_encoding -> BigInt,
        finished -> Nullable<BigInt>,
        exit_status -> Nullable<Text>,
    }
}

table! {
    source (session, id) {
        session -> BigInt,
        id -> BigInt,
        location_kind -> Text,
        location -> Nullable<Text>,
        text -> Text,
    }
}

table! {
    execution (key) {
        key -> BigInt,
        id -> Text,
        session -> BigInt,
        created -> BigInt,
    }
}

table! {
    node (session, id) {
        session -> BigInt,
        id -> BigInt,
        kind -> Text,
        data -> Binary,
        source -> Nullable<BigInt>,
        span_start -> Nullable<BigInt>,
        span_end -> Nullable<BigInt>,
        control -> Nullable<BigInt>,
    }
}

table! {
    type_name (key) {
        key -> BigInt,
        name -> Text,
    }
}

table! {
    node_value (execution, node) {
        execution -> BigInt,
        node -> BigInt,
        began -> BigInt,
        took -> BigInt,
        #[sql_name = "type_name"]
        type_key -> Nullable<BigInt>,
        fingerprint -> Nullable<Text>,
    }
}

table! {
    variable (session, name) {
        session -> BigInt,
        name -> Text,
        seq -> BigInt,
        node -> Nullable<BigInt>,
        refused -> Nullable<Text>,
        type_name -> Nullable<Text>,
        fingerprint -> Nullable<Text>,
    }
}

table! {
    artifact (name, version) {
        name -> Text,
        version -> BigInt,
        session -> BigInt,
        execution -> BigInt,
        node -> Nullable<BigInt>,
        created -> BigInt,
        type_name -> Text,
        fingerprint -> Nullable<Text>,
        value -> Nullable<Text>,
        saved_as -> Nullable<Text>,
    }
}

table! {
    tag (name, word) {
        name -> Text,
        word -> Text,
        version -> BigInt,
    }
}

table! {
    value_reference (address) {
        address -> Text,
        count -> BigInt,
    }
}

table! {
    certificate (key) {
        key -> BigInt,
        session -> BigInt,
        name -> Text,
        version -> Nullable<BigInt>,
        checked -> BigInt,
        reason -> Nullable<Text>,
        slice_digest -> Text,
        verdict -> Text,
    }
}

table! {
    note (session, seq) {
        session -> BigInt,
        seq -> BigInt,
        text -> Text,
    }
}

table! {
    finding (key) {
        key -> BigInt,
        about -> Text,
        digest -> Text,
        content -> Binary,
    }
}

table! {
    file (session, path) {
        session -> BigInt,
        path -> Text,
        role -> Text,
        size -> Nullable<BigInt>,
        modified -> Nullable<BigInt>,
        digest -> Nullable<Text>,
    }
}

table! {
    file_content (digest) {
        digest -> Text,
        content -> Binary,
    }
}

joinable!(artifact -> session (session));
joinable!(artifact -> execution (execution));
joinable!(node_value -> type_name (type_key));

allow_tables_to_appear_in_same_query!(file, file_content);
allow_tables_to_appear_in_same_query!(artifact, execution, node_value, session, source, type_name);
