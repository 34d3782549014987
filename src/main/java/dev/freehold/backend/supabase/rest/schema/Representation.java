package dev.freehold.backend.supabase.rest.schema;

/// How the values of a type are shown and read, by implicit casts between a domain and JSON or text
/// (`CREATE CAST … WITH FUNCTION … AS IMPLICIT`). Functions are named as SQL writes them, quoted
/// where needed; empty where the type's own form counts.
///
/// @param show makes JSON of a value
/// @param parse makes a value of a filter's text
/// @param accept makes a value of a body's JSON
public record Representation(String show, String parse, String accept) {
  public static final Representation PLAIN = new Representation("", "", "");
}
