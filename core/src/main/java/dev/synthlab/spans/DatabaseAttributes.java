package dev.synthlab.spans;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which database a span or a measurement is about, in the words of OpenTelemetry's semantic
 * conventions.
 *
 * @param system the product, for example {@code postgresql}
 * @param namespace the database within it
 * @param host where the server is; empty for a file, or where there are several servers
 * @param port of the server
 */
public record DatabaseAttributes(
    String system, String namespace, Optional<String> host, OptionalInt port) {

  /** Refuses what is missing. */
  public DatabaseAttributes {
    Objects.requireNonNull(system);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(host);
    Objects.requireNonNull(port);
  }

  /**
   * Puts it on a span.
   *
   * @param span any span
   * @param operation what is done there, for example {@code transaction}
   */
  public void on(OpenSpan span, String operation) {
    span.set("db.system.name", system);
    span.set("db.namespace", namespace);
    span.set("db.operation.name", operation);
    host.ifPresent(name -> span.set("server.address", name));
    port.ifPresent(number -> span.set("server.port", number));
  }

  /** For measurements. */
  Attributes attributes() {
    AttributesBuilder all = Attributes.builder();
    all.put("db.system.name", system);
    all.put("db.namespace", namespace);
    host.ifPresent(name -> all.put("server.address", name));
    port.ifPresent(number -> all.put("server.port", number));
    return all.build();
  }
}
