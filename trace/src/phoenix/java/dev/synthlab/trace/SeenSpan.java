package dev.synthlab.trace;

import dev.synthlab.json.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A span as Phoenix gives it back. */
record SeenSpan(JsonNode json) {
  String name() {
    return json.path("name").asString();
  }

  String kind() {
    return json.path("span_kind").asString();
  }

  String status() {
    return json.path("status_code").asString();
  }

  String id() {
    return json.path("context").path("span_id").asString();
  }

  String parent() {
    return json.path("parent_id").asString("");
  }

  String started() {
    return json.path("start_time").asString();
  }

  String at(String attribute) {
    JsonNode value = json.path("attributes").path(attribute);
    return value.isString() ? value.asString() : value.isMissingNode() ? "" : value.toString();
  }

  boolean has(String attribute) {
    return json.path("attributes").has(attribute);
  }

  List<String> events() {
    return json.path("events").valueStream().map(each -> each.path("name").asString()).toList();
  }

  static List<SeenSpan> of(String body) {
    return Json.mapper()
        .readTree(body)
        .path("data")
        .valueStream()
        .map(SeenSpan::new)
        .sorted(Comparator.comparing(SeenSpan::started))
        .toList();
  }

  static String quoted(Map<String, ?> json) {
    return Json.mapper().writeValueAsString(json);
  }
}
